import { useQuery } from "@tanstack/react-query";
import { http, take } from "../http";

/** A payment of mine with its lines in the ledger. */
export function useReceipt(id: string) {
  return useQuery({
    queryKey: ["payment", id, "receipt"],
    queryFn: () =>
      take(http.GET("/v1/payments/{payment_id}/receipt", { params: { path: { payment_id: id } } })),
  });
}

import { useQuery } from "@tanstack/react-query";
import { useLine } from "@/lib/socket";
import { http, take } from "../http";
import type { components } from "../schema";

export type Payment = components["schemas"]["PaymentView"];

/** States that something is still to follow. */
const open = new Set(["CHALLENGED", "IN_REVIEW", "PROCESSING"]);

export function isOpenPayment(payment: Payment): boolean {
  return open.has(payment.state);
}

/** One of my payments. While it is on its way, and no socket tells of it, it is looked at again. */
export function usePayment(id: string) {
  const isTold = useLine(({ line }) => line === "up");
  return useQuery({
    queryKey: ["payment", id],
    queryFn: () =>
      take(http.GET("/v1/payments/{payment_id}", { params: { path: { payment_id: id } } })),
    refetchInterval: ({ state }) =>
      !isTold && state.data && isOpenPayment(state.data) ? 15_000 : false,
  });
}

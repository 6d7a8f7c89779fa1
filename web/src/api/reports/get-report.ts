import { useQuery } from "@tanstack/react-query";
import { http, take } from "../http";

/** A report or an appeal of mine. */
export function useReport(id: string) {
  return useQuery({
    queryKey: ["reports", "one", id],
    queryFn: () =>
      take(http.GET("/v1/disputes/{dispute_id}", { params: { path: { dispute_id: id } } })),
  });
}

import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";

/** The latest requests that I am to pay, and how many there are in all. */
export const toPayQuery = queryOptions({
  queryKey: ["requests", "to_pay", "latest"],
  queryFn: () => take(http.GET("/v1/requests", { params: { query: { box: "to_pay", limit: 2 } } })),
});

export function useToPay() {
  return useQuery(toPayQuery);
}

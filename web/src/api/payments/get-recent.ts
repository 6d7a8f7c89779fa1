import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";

/** The latest payments of mine, both ways: whom one may want to pay again. */
const recentQuery = queryOptions({
  queryKey: ["payments", "recent"],
  queryFn: async () =>
    (await take(http.GET("/v1/payments", { params: { query: { limit: 50 } } }))).items,
});

export function useRecentPayments() {
  return useQuery(recentQuery);
}

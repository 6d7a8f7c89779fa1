import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";

export const appQuery = queryOptions({
  queryKey: ["app"],
  queryFn: () => take(http.GET("/v1/app")),
  staleTime: Number.POSITIVE_INFINITY,
  refetchOnWindowFocus: false,
});

/** What this house is, and has: the same for everybody. */
export function useApp() {
  return useQuery(appQuery);
}

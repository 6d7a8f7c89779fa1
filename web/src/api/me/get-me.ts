import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Me = components["schemas"]["Me"];

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => take(http.GET("/v1/me")),
  staleTime: 5 * 60_000,
});

/** The person who is signed in. */
export function useMe() {
  return useQuery(meQuery);
}

import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Hold = components["schemas"]["Hold"];

const holdsQuery = queryOptions({
  queryKey: ["holds"],
  queryFn: async () => (await take(http.GET("/v1/me/holds"))).items,
});

/** What I may not do for now, the oldest first. */
export function useHolds() {
  return useQuery(holdsQuery);
}

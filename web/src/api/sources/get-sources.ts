import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Source = components["schemas"]["FundingSource"];

const sourcesQuery = queryOptions({
  queryKey: ["sources"],
  queryFn: async () =>
    (await take(http.GET("/v1/funding-sources", { params: { query: { removed: true } } }))).items,
});

/** My banks and cards, the oldest first; those that I removed come last. */
export function useSources() {
  return useQuery(sourcesQuery);
}

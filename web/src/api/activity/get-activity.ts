import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components, paths } from "../schema";

export type Line = components["schemas"]["ActivityView"];
type Asked = NonNullable<paths["/v1/transactions"]["get"]["parameters"]["query"]>;

/** Times are RFC 3339, from the first up to before the last; amounts integer minor units. */
export type ActivityFilters = {
  [Name in Exclude<keyof Asked, "limit" | "offset" | "cursor">]?: NonNullable<Asked[Name]>;
};

const PAGE = 50;

/** What touched my balance, newest first, in pages. */
export function activityQuery(filters: ActivityFilters) {
  return infiniteQueryOptions({
    queryKey: ["activity", filters],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filters, limit: PAGE, ...(pageParam === "" ? {} : { cursor: pageParam }) };
      return take(http.GET("/v1/transactions", { params: { query }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function useActivity(filters: ActivityFilters) {
  return useInfiniteQuery(activityQuery(filters));
}

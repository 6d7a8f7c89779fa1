import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type FeedItem = components["schemas"]["FeedItem"];
export type FeedPage = components["schemas"]["FeedPage"];

/** `all`: mine and my friends'. */
export type Scope = "all" | "friends" | "mine" | "public";

/** Times are ISO 8601, from the first up to before the last; amounts integer minor units. */
export interface FeedFilters {
  from?: string;
  to?: string;
  min_amount?: number;
  max_amount?: number;
}

/** The feed, newest first, in pages. A page may be short and still have more behind it. */
export function feedQuery(scope: Scope, filters: FeedFilters) {
  return infiniteQueryOptions({
    queryKey: ["feed", scope, filters],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...filters,
        ...(scope === "all" ? {} : { scope }),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      };
      return take(http.GET("/v1/feed", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // What is new is told by the socket; what has changed is asked for on the way in.
    refetchOnWindowFocus: false,
  });
}

export function useFeed(scope: Scope, filters: FeedFilters) {
  return useInfiniteQuery(feedQuery(scope, filters));
}

import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { http, take } from "../http";

const eventsQuery = infiniteQueryOptions({
  queryKey: ["security-events"],
  queryFn: ({ pageParam }) => {
    const query = { limit: 10, ...(pageParam === "" ? {} : { cursor: pageParam }) };
    return take(http.GET("/v1/me/security-events", { params: { query } }));
  },
  initialPageParam: "",
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

/** What happened to the safety of my account, the latest first. */
export function useSecurityEvents() {
  return useInfiniteQuery(eventsQuery);
}

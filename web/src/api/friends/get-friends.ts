import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Friend = components["schemas"]["Friend"];
export type FriendState = "accepted" | "pending" | "blocked" | "muted";

export function friendsQuery(state: FriendState) {
  return infiniteQueryOptions({
    queryKey: ["friends", state],
    queryFn: ({ pageParam }) => {
      const query = { state, limit: 50, ...(pageParam === "" ? {} : { cursor: pageParam }) };
      return take(http.GET("/v1/friends", { params: { query } }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** Friends, asks both ways, or whom I have blocked or muted; the latest first. */
export function useFriends(state: FriendState) {
  return useInfiniteQuery(friendsQuery(state));
}

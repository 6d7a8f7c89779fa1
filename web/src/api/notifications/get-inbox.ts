import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Notice = components["schemas"]["NoticeView"];
export type Inbox = components["schemas"]["Inbox"];
export type InboxTab = "all" | "payments" | "social" | "security";

export function inboxQuery(tab: InboxTab) {
  return infiniteQueryOptions({
    queryKey: ["notifications", tab],
    queryFn: ({ pageParam }) => {
      const query = { tab, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return take(http.GET("/v1/notifications", { params: { query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** What I was told, newest first, in pages. */
export function useInbox(tab: InboxTab) {
  return useInfiniteQuery(inboxQuery(tab));
}

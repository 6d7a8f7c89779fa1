import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";

/** How much is unread, from the smallest page of the inbox. The socket keeps it fresh. */
export const unreadQuery = queryOptions({
  queryKey: ["notifications", "unread"],
  queryFn: async () =>
    (await take(http.GET("/v1/notifications", { params: { query: { limit: 1 } } }))).unread_count,
});

export function useUnread() {
  return useQuery(unreadQuery);
}

import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";

/** One completed payment as the viewer may see it: with its likes, and how many comments. */
export function feedItemQuery(id: string) {
  return queryOptions({
    queryKey: ["feed-item", id],
    queryFn: () =>
      take(http.GET("/v1/feed/{payment_id}", { params: { path: { payment_id: id } } })),
  });
}

export function useFeedItem(id: string) {
  return useQuery(feedItemQuery(id));
}

import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Comment = components["schemas"]["CommentView"];
export type CommentsPage = components["schemas"]["CommentsPage"];

/** What is written under a payment, the oldest first. */
export function commentsQuery(paymentId: string) {
  return infiniteQueryOptions({
    queryKey: ["comments", paymentId],
    queryFn: ({ pageParam }) => {
      const query = { limit: 50, ...(pageParam === "" ? {} : { cursor: pageParam }) };
      return take(
        http.GET("/v1/feed/{payment_id}/comments", {
          params: { path: { payment_id: paymentId }, query },
        }),
      );
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function useComments(paymentId: string) {
  return useInfiniteQuery(commentsQuery(paymentId));
}

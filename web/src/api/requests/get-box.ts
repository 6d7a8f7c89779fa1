import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { http, take } from "../http";

/** What I am to pay, what I wait for, what is over. */
export type Box = "to_pay" | "waiting" | "done";

export function boxQuery(box: Box) {
  return infiniteQueryOptions({
    queryKey: ["requests", box, "pages"],
    queryFn: ({ pageParam }) => {
      const query = { box, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return take(http.GET("/v1/requests", { params: { query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** A box of requests, the latest first, in pages. */
export function useBox(box: Box) {
  return useInfiniteQuery(boxQuery(box));
}

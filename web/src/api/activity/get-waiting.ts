import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";

function waitingIn(state: "CHALLENGED" | "IN_REVIEW") {
  const query = { state, kind: "payment", direction: "out", limit: 5 } as const;
  return take(http.GET("/v1/transactions", { params: { query } }));
}

/** My payments that wait: first those that wait for me, then those that somebody looks at. */
export const waitingQuery = queryOptions({
  queryKey: ["activity", "waiting"],
  queryFn: async () => {
    const pages = await Promise.all([waitingIn("CHALLENGED"), waitingIn("IN_REVIEW")]);
    return pages.flatMap((page) => page.items);
  },
});

export function useWaiting() {
  return useQuery(waitingQuery);
}

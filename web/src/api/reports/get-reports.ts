import { useQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Report = components["schemas"]["DisputeView"];

const open = new Set(["OPEN", "NEEDS_INFO", "UNDER_REVIEW"]);

/** Whether it still waits for a decision. */
export function isOpenReport({ state }: Report): boolean {
  return open.has(state);
}

/** What a report or an appeal may be about. */
export type About = { payment_id: string } | { hold_id: string };

/** My reports and appeals about one thing, the latest first. */
export function useReports(about: About, isAsked = true) {
  return useQuery({
    queryKey: ["reports", "of", about],
    queryFn: async () =>
      (await take(http.GET("/v1/disputes", { params: { query: { ...about, limit: 20 } } }))).items,
    enabled: isAsked,
  });
}

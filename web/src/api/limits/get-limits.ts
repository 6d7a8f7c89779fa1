import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Limits = components["schemas"]["LimitsAnswer"];

const limitsQuery = queryOptions({
  queryKey: ["limits"],
  queryFn: () => take(http.GET("/v1/me/limits")),
});

/** What I may send at once, in a day and in a week, and what counts already. */
export function useLimits() {
  return useQuery(limitsQuery);
}

/** What may be sent now at most, whichever bound is the nearest. Units: cents. */
export function leftToSend(limits: Limits): number {
  return Math.min(limits.per_payment, limits.day.left, limits.week.left);
}

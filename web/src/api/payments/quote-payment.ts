import { queryOptions } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Quote = components["schemas"]["QuoteView"];
export type QuoteBody = components["schemas"]["QuoteRequest"];

const REFRESH_MS = 90_000;

/**
 * What a payment would cost, bound for two minutes. `isFresh`: asked anew every 90 seconds, until
 * the first attempt is made.
 */
export function quoteQuery(body: QuoteBody, isFresh: boolean) {
  return queryOptions({
    queryKey: ["quote", body],
    queryFn: () => take(http.POST("/v1/payments/quote", { body })),
    staleTime: 0,
    gcTime: 0,
    enabled: isFresh,
    refetchInterval: isFresh ? REFRESH_MS : false,
    refetchOnWindowFocus: isFresh,
  });
}

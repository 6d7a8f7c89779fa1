import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Quote = components["schemas"]["MoveQuoteView"];
export type Speed = "standard" | "instant";

/** What somebody wants to move: minor units, between the wallet and one of their sources. */
export interface Wanted {
  kind: "deposit" | "withdrawal";
  source: string;
  minor: number;
  speed: Speed;
}

function ask({ kind, source, minor, speed }: Wanted): Promise<Quote> {
  const body = { funding_source_id: source, amount: minor };
  if (kind === "deposit") return take(http.POST("/v1/deposits/quote", { body }));
  return take(http.POST("/v1/withdrawals/quote", { body: { ...body, type: speed } }));
}

/** What it would cost and when it would be there. Nothing is moved. */
export function useQuote(wanted: Wanted | undefined) {
  return useQuery({
    queryKey: ["quote", wanted],
    queryFn: () => ask(wanted as Wanted),
    enabled: wanted !== undefined,
    staleTime: 10_000,
    gcTime: 60_000,
    retry: false,
    placeholderData: keepPreviousData,
  });
}

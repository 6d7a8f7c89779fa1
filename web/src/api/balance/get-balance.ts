import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Balance = components["schemas"]["MyBalanceView"];
/** As answers to payments carry it: without what each part on hold is for. */
type Given = components["schemas"]["BalanceView"];

/** The balance. An answer that was overtaken by a newer one is dropped: see `takeBalance`. */
export const balanceQuery = queryOptions({
  queryKey: ["balance"],
  queryFn: async ({ client }): Promise<Balance> => {
    const found = await take(http.GET("/v1/balance"));
    const known = client.getQueryData<Balance>(["balance"]);
    return known !== undefined && known.version > found.version ? known : found;
  },
});

export function useBalance() {
  return useQuery(balanceQuery);
}

/**
 * Shows a balance that came with an answer or a message, unless it is older than the one shown:
 * what arrives late never overwrites. Reasons that did not come with it are asked for.
 */
export function takeBalance(queries: QueryClient, balance: Given | Balance): void {
  const known = queries.getQueryData<Balance>(["balance"]);
  if (known !== undefined && balance.version < known.version) return;
  const isWhole = "holds" in balance;
  if (isWhole || known !== undefined) {
    queries.setQueryData<Balance>(["balance"], { holds: [], ...known, ...balance });
  }
  const isSame = known?.on_hold === balance.on_hold && known.owed === balance.owed;
  if (!isWhole && !isSame) void queries.invalidateQueries({ queryKey: ["balance"] });
}

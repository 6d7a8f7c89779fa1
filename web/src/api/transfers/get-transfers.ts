import { useInfiniteQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Transfer = components["schemas"]["MoveView"];

const PAGE = 20;

/** Where the merged list stands: what was read but not yet shown, and where each list goes on. */
interface Place {
  waiting: Transfer[];
  deposits: string | null;
  withdrawals: string | null;
}
const START: Place = { waiting: [], deposits: "", withdrawals: "" };

interface Page {
  items: Transfer[];
  next: Place | null;
}

async function read(kind: "deposits" | "withdrawals", cursor: string) {
  const query = { limit: PAGE, ...(cursor === "" ? {} : { cursor }) };
  if (kind === "deposits") {
    const page = await take(http.GET("/v1/deposits", { params: { query } }));
    return { items: page.deposits, next: page.next_cursor };
  }
  const page = await take(http.GET("/v1/withdrawals", { params: { query } }));
  return { items: page.withdrawals, next: page.next_cursor };
}

function newestFirst(a: Transfer, b: Transfer): number {
  return a.created_at < b.created_at ? 1 : a.created_at > b.created_at ? -1 : 0;
}

/** Reads a page of both lists. What is older than the end of a list that goes on has to wait. */
async function merge(place: Place): Promise<Page> {
  const lists = await Promise.all(
    (["deposits", "withdrawals"] as const).map(async (kind) => {
      const cursor = place[kind];
      return cursor === null ? { items: [], next: null } : read(kind, cursor);
    }),
  );
  const [deposits, withdrawals] = lists;
  const all = [...place.waiting, ...lists.flatMap((list) => list.items)].sort(newestFirst);
  const ends = lists.flatMap((list) => (list.next === null ? [] : list.items.slice(-1)));
  const end = ends.sort(newestFirst)[0]?.created_at ?? "";
  const next = {
    waiting: all.filter((transfer) => transfer.created_at < end),
    deposits: deposits?.next ?? null,
    withdrawals: withdrawals?.next ?? null,
  };
  const isOver = next.deposits === null && next.withdrawals === null;
  return { items: all.filter((t) => t.created_at >= end), next: isOver ? null : next };
}

/** My deposits and withdrawals, newest first. */
export function useTransfers() {
  return useInfiniteQuery({
    queryKey: ["transfers", "list"],
    queryFn: ({ pageParam }) => merge(pageParam),
    initialPageParam: START,
    getNextPageParam: (page) => page.next,
  });
}

import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";
import type { FeedFilters, FeedItem, FeedPage, Scope } from "./get-feed";

type Feed = InfiniteData<FeedPage, string | null>;
/** A profile holds the latest items of a person. */
type Profile = { items: FeedItem[] };

function onEach(queries: QueryClient, change: (items: FeedItem[], key: QueryKey) => FeedItem[]) {
  for (const [key, feed] of queries.getQueriesData<Feed>({ queryKey: ["feed"] })) {
    if (feed === undefined) continue;
    const pages = feed.pages.map((page) => ({ ...page, items: change(page.items, key) }));
    queries.setQueryData<Feed>(key, { ...feed, pages });
  }
  for (const [key, profile] of queries.getQueriesData<Profile>({ queryKey: ["person"] })) {
    if (profile === undefined || !Array.isArray(profile.items)) continue;
    queries.setQueryData<Profile>(key, { ...profile, items: change(profile.items, key) });
  }
}

/** Changes an item wherever it is shown: in every feed, on profiles, on its own page. */
export function patchItem(
  queries: QueryClient,
  id: string,
  change: (item: FeedItem) => FeedItem,
): void {
  onEach(queries, (items) =>
    items.some((item) => item.id === id)
      ? items.map((item) => (item.id === id ? change(item) : item))
      : items,
  );
  queries.setQueryData<FeedItem>(["feed-item", id], (item) => item && change(item));
}

/** Takes items out of every list at once. */
export function takeOut(queries: QueryClient, isGone: (item: FeedItem) => boolean): void {
  onEach(queries, (items) => (items.some(isGone) ? items.filter((i) => !isGone(i)) : items));
}

/** Gives the item as any list or page has it. */
export function findItem(queries: QueryClient, id: string): FeedItem | undefined {
  const feeds = queries.getQueriesData<Feed>({ queryKey: ["feed"] });
  const profiles = queries.getQueriesData<Profile>({ queryKey: ["person"] });
  const lists = [
    ...feeds.flatMap(([, feed]) => feed?.pages.map((page) => page.items) ?? []),
    ...profiles.map(([, profile]) => profile?.items ?? []),
  ];
  return (
    queries.getQueryData<FeedItem>(["feed-item", id]) ?? lists.flat().find((item) => item.id === id)
  );
}

/** The newer first; of the same moment the greater id. */
export function compareItems(a: FeedItem, b: FeedItem): number {
  const apart = Date.parse(b.completed_at) - Date.parse(a.completed_at);
  if (apart !== 0 || a.id === b.id) return apart;
  return a.id < b.id ? 1 : -1;
}

function isWithin(item: FeedItem, filters: FeedFilters): boolean {
  const at = Date.parse(item.completed_at);
  const { from, to, min_amount: min, max_amount: max } = filters;
  if (from !== undefined && at < Date.parse(from)) return false;
  if (to !== undefined && at >= Date.parse(to)) return false;
  if (min === undefined && max === undefined) return true;
  return item.amount !== null && item.amount >= (min ?? 0) && item.amount <= (max ?? item.amount);
}

/** Whether an item that the socket brings belongs to a feed; of `friends` only what is sure. */
function belongs(item: FeedItem, scope: Scope): boolean {
  if (scope === "mine") return item.direction !== null;
  if (scope === "public") return item.visibility === "public";
  return scope === "all" || item.direction === null;
}

/**
 * Puts an item that has just come into the feeds it belongs to, or in the place of its older self.
 * A list that is being read keeps new ones back: see `features/home/useHeldBack`.
 */
export function arrive(queries: QueryClient, item: FeedItem): void {
  patchItem(queries, item.id, () => item);
  for (const [key, feed] of queries.getQueriesData<Feed>({ queryKey: ["feed"] })) {
    const [, scope, filters] = key as ["feed", Scope, FeedFilters];
    const [first, ...rest] = feed?.pages ?? [];
    if (feed === undefined || first === undefined) continue;
    if (!belongs(item, scope) || !isWithin(item, filters)) continue;
    if (feed.pages.some((page) => page.items.some((known) => known.id === item.id))) continue;
    const items = [...first.items, item].sort(compareItems);
    // Older than all that is loaded: its page will bring it.
    if (items.at(-1) === item && (first.next_cursor !== null || rest.length > 0)) continue;
    queries.setQueryData<Feed>(key, { ...feed, pages: [{ ...first, items }, ...rest] });
  }
}

import type { FeedFilters, Scope } from "@/api/feed/get-feed";
import { dayEnd, dayStart } from "@/lib/days";

/** What the address of Home holds; all of it text, much of it perhaps nonsense. */
export interface FeedSearch {
  scope?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  min_amount?: string | undefined;
  max_amount?: string | undefined;
}

export function scopeOf({ scope }: FeedSearch, hasPublic: boolean): Scope {
  if (scope === "friends" || scope === "mine") return scope;
  return scope === "public" && hasPublic ? "public" : "all";
}

/** Cents of the address; what is no amount is passed over. */
export function centsOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** What the API is asked; a value that is none filters nothing. */
export function filtersOf(search: FeedSearch): FeedFilters {
  const found = {
    from: dayStart(search.from),
    to: dayEnd(search.to),
    min_amount: centsOf(search.min_amount),
    max_amount: centsOf(search.max_amount),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

import type { ActivityFilters } from "@/api/activity/get-activity";
import { dayEnd, dayStart } from "@/lib/days";

/** The filters in the address; all of it text, much of it perhaps nonsense. */
export const names = [
  "from",
  "to",
  "min_amount",
  "max_amount",
  "person",
  "kind",
  "state",
  "direction",
  "q",
] as const;
export type ActivitySearch = { [Name in (typeof names)[number]]?: string | undefined };

export const kinds = [
  "payment",
  "deposit",
  "withdrawal",
  "reversal",
  "release",
  "funding",
  "return",
  "recovery",
  "refund",
  "chargeback",
] as const;
export const states = [
  "COMPLETED",
  "PROCESSING",
  "CHALLENGED",
  "IN_REVIEW",
  "REVERSED",
  "REJECTED",
  "DECLINED",
  "FAILED",
  "CANCELLED",
  "EXPIRED",
] as const;
export const directions = ["in", "out"] as const;

/** Cents of the address; what is no amount is passed over. */
export function centsOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** The choice that a text is, if it is one. */
function oneOf<T extends string>(all: readonly T[], text: string | undefined): T | undefined {
  return all.find((each) => each === text);
}

/** What the API is asked; a value that is none filters nothing. */
export function filtersOf(search: ActivitySearch): ActivityFilters {
  const found = {
    from: dayStart(search.from),
    to: dayEnd(search.to),
    min_amount: centsOf(search.min_amount),
    max_amount: centsOf(search.max_amount),
    person: search.person?.trim().replace(/^@/, "").slice(0, 64) || undefined,
    kind: oneOf(kinds, search.kind),
    state: oneOf(states, search.state),
    direction: oneOf(directions, search.direction),
    q: [...(search.q?.trim() ?? "")].slice(0, 100).join("") || undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** What of the address is a filter: the rest is passed over. */
export function searchOf(search: Record<string, string | undefined>): ActivitySearch {
  const on = filtersOf(search);
  return Object.fromEntries(names.flatMap((name) => (name in on ? [[name, search[name]]] : [])));
}

import { QueryClient } from "@tanstack/react-query";
import fc from "fast-check";
import { expect, it } from "vitest";
import { arrive, compareItems, findItem, patchItem, takeOut } from "./cached";
import type { FeedItem, FeedPage } from "./get-feed";

function made(n: number, more: Partial<FeedItem> = {}): FeedItem {
  const person = { id: "usr_b", handle: "b", display_name: "B", avatar_seed: "b" };
  return {
    id: `pay_${String(n).padStart(4, "0")}`,
    kind: "paid",
    payer: person,
    payee: person,
    note: "",
    amount: null,
    currency: "USD",
    direction: null,
    visibility: "friends",
    completed_at: new Date(n * 1000).toISOString(),
    like_count: 0,
    comment_count: 0,
    liked_by_me: false,
    ...more,
  };
}

function shown(pages: FeedItem[][], scope = "all", filters = {}, hasMore = false) {
  const queries = new QueryClient();
  const key = ["feed", scope, filters];
  const given = pages.map((items, at) => ({
    items,
    next_cursor: at < pages.length - 1 || hasMore ? `c${at}` : null,
  }));
  queries.setQueryData(key, { pages: given, pageParams: pages.map(() => null) });
  const ids = () =>
    (queries.getQueryData(key) as { pages: FeedPage[] }).pages.flatMap(({ items }) =>
      items.map(({ id }) => id),
    );
  return { queries, ids };
}

it("keeps a feed in order and each item once, whatever arrives in whatever order", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 }), (numbers) => {
      const { queries, ids } = shown([[made(20), made(10)]]);
      for (const n of numbers) arrive(queries, made(n));
      const wanted = [...new Set([...numbers, 20, 10])].map((n) => made(n)).sort(compareItems);
      expect(ids()).toEqual(wanted.map(({ id }) => id));
    }),
  );
});

it("leaves what is older than all that is loaded to its page", () => {
  const { queries, ids } = shown([[made(20), made(10)]], "all", {}, true);
  arrive(queries, made(5));
  expect(ids()).toEqual([made(20).id, made(10).id]);
});

it.each([
  ["mine", {}, { direction: "in" }, true],
  ["mine", {}, { direction: null }, false],
  ["friends", {}, { direction: null }, true],
  ["public", {}, { visibility: "friends" }, false],
  ["public", {}, { visibility: "public" }, true],
  ["all", { min_amount: 100 }, { amount: 100 }, true],
  ["all", { min_amount: 100 }, { amount: 99 }, false],
  ["all", { max_amount: 100 }, { amount: 101 }, false],
  ["all", { max_amount: 100 }, { amount: null }, false],
  ["all", { to: new Date(30_000).toISOString() }, {}, false],
  ["all", { from: new Date(30_000).toISOString() }, {}, true],
] as const)("knows whether %s %o is for %o: %s", (scope, filters, more, is) => {
  const { queries, ids } = shown([[]], scope, filters);
  arrive(queries, made(30, more));
  expect(ids()).toHaveLength(is ? 1 : 0);
});

it("changes and takes out an item in every feed, on profiles and on its own page", () => {
  const { queries, ids } = shown([[made(2)], [made(1)]]);
  queries.setQueryData(["person", "b"], { handle: "b", items: [made(1)] });
  queries.setQueryData(["feed-item", made(1).id], made(1));
  patchItem(queries, made(1).id, (item) => ({ ...item, like_count: 3 }));
  expect(findItem(queries, made(1).id)?.like_count).toBe(3);
  expect(queries.getQueryData(["person", "b"])).toMatchObject({ items: [{ like_count: 3 }] });
  takeOut(queries, ({ id }) => id === made(1).id);
  expect(ids()).toEqual([made(2).id]);
  expect(queries.getQueryData(["person", "b"])).toMatchObject({ items: [] });
});

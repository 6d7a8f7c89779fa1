import { expect, test } from "vitest";
import { filtersOf, searchOf } from "./filters";

test("what the address says is asked of the API", () => {
  const search = {
    from: "2026-03-02",
    to: "2026-03-02",
    min_amount: "0",
    max_amount: "1368",
    person: " @ana ",
    kind: "payment",
    state: "IN_REVIEW",
    direction: "in",
    q: " pizza ",
  };
  const { from, to, ...rest } = filtersOf(search);
  expect(Date.parse(to ?? "") - Date.parse(from ?? "")).toBe(24 * 60 * 60 * 1000);
  expect(rest).toEqual({
    min_amount: 0,
    max_amount: 1368,
    person: "ana",
    kind: "payment",
    state: "IN_REVIEW",
    direction: "in",
    q: "pizza",
  });
});

test("what is no filter is passed over", () => {
  const nonsense = {
    from: "2026-02-30",
    to: "tomorrow",
    min_amount: "-5",
    max_amount: "1e3",
    person: " @ ",
    kind: "gift",
    state: "in_review",
    direction: "up",
    q: "  ",
  };
  expect(filtersOf(nonsense)).toEqual({});
  expect(searchOf({ ...nonsense, kind: "deposit", sent: "1" })).toEqual({ kind: "deposit" });
});

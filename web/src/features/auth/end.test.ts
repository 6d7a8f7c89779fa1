import { expect, test } from "vitest";
import { endOf } from "./end";

const at = (minutes: number) => Date.UTC(2026, 2, 2, 12, minutes);
const text = (minutes: number) => new Date(at(minutes)).toISOString();

test("an idle session ends by its last use, a minute early rather than late", () => {
  const session = { last_seen_at: text(0), idle_until: text(30), ends_at: text(720) };
  expect(endOf(session, at(0))).toBe(at(29));
  expect(endOf(session, at(10))).toBe(at(39));
  expect(endOf(session, at(700))).toBe(at(720));
});

test("a remembered session ends when it ends", () => {
  const session = { last_seen_at: text(0), idle_until: text(43_200), ends_at: text(43_200) };
  expect(endOf(session, at(5))).toBe(at(43_200));
});

import { expect, test } from "vitest";
import { keyKeeper, newKey } from "./keys";

test("a key is a UUID of version 4, and never the same", () => {
  const keys = Array.from({ length: 200 }, newKey);
  for (const key of keys)
    expect(key).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(new Set(keys).size).toBe(200);
});

test("the same is sent under the same key, anything else under another", () => {
  const keyOf = keyKeeper();
  const first = keyOf({ text: "a" });
  expect(keyOf({ text: "a" })).toBe(first);
  const second = keyOf({ text: "b" });
  expect(second).not.toBe(first);
  expect(keyOf({ text: "a" })).not.toBe(first);
});

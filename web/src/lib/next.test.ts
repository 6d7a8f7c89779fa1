import fc from "fast-check";
import { expect, test } from "vitest";
import { safeNext } from "./next";

const origin = "https://quid.example";
const parts = fc.constantFrom(
  "/",
  "//",
  "\\",
  ".",
  "..",
  "@",
  ":",
  "evil.example",
  "\t",
  "\n",
  "%2f",
);
const paths = fc.oneof(
  fc.string(),
  fc.webUrl(),
  fc.array(parts).map((all) => `/${all.join("")}`),
);

test("next never leads to another origin", () => {
  fc.assert(
    fc.property(paths, (typed) => {
      const next = safeNext(typed, origin);
      expect(next.startsWith("/")).toBe(true);
      expect(new URL(next, origin).origin).toBe(origin);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["/activity?scope=mine#x", "/activity?scope=mine#x"],
  ["/pay?to=ben", "/pay?to=ben"],
  [undefined, "/"],
  ["", "/"],
  ["activity", "/"],
  ["https://evil.example/pay", "/"],
  ["//evil.example/pay", "/"],
  ["/\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["/.//evil.example", "/"],
  ["javascript:alert(1)", "/"],
  ["/sign-in?next=/sign-in", "/"],
  ["/recover", "/"],
])("next %j leads to %j", (typed, next) => {
  expect(safeNext(typed, origin)).toBe(next);
});

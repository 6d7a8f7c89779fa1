import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { beginAttempt, endAttempt, isUnknown, openAttempt } from "./attempt";
import { Problem } from "./problem";

beforeEach(() => sessionStorage.clear());

it("sends the same body under the same key until it is known what became of it", () => {
  const first = beginAttempt("ana.deposit", { minor: 5000 });
  expect(beginAttempt("ana.deposit", { minor: 5000 })).toEqual(first);
  expect(openAttempt("ana.deposit")).toEqual(first);
  endAttempt("ana.deposit");
  expect(openAttempt("ana.deposit")).toBeUndefined();
  expect(beginAttempt("ana.deposit", { minor: 5000 }).key).not.toBe(first.key);
});

it("keeps people and kinds apart, and forgets after a day", () => {
  const hers = beginAttempt("ana.deposit", { minor: 1 }, 0);
  expect(beginAttempt("ben.deposit", { minor: 1 }, 0).key).not.toBe(hers.key);
  expect(beginAttempt("ana.withdrawal", { minor: 1 }, 0).key).not.toBe(hers.key);
  expect(openAttempt("ana.deposit", 24 * 3_600_000 - 1)).toEqual(hers);
  expect(openAttempt("ana.deposit", 24 * 3_600_000)).toBeUndefined();
});

it("has at most one key in the air, whatever happens in which order", () => {
  const acts = fc.array(fc.oneof(fc.constant("unknown"), fc.constant("known"), fc.nat(9)));
  fc.assert(
    fc.property(acts, (order) => {
      sessionStorage.clear();
      let inAir: string | undefined;
      for (const act of order) {
        if (act === "known") {
          endAttempt("x");
          inAir = undefined;
        } else if (typeof act === "number") {
          const { key } = beginAttempt("x", { minor: act });
          if (inAir !== undefined && key !== inAir) return false;
          inAir = key;
        }
      }
      return true;
    }),
  );
});

it("knows which failures leave it open", () => {
  const problem = (code: string, money_moved = "no") => new Problem({ code, money_moved }, 400);
  expect(isUnknown(Problem.noAnswer())).toBe(true);
  expect(isUnknown(problem("DATABASE_ERROR", "unknown"))).toBe(true);
  expect(isUnknown(problem("SIGN_IN_REQUIRED"))).toBe(true);
  expect(isUnknown(new Error("cut"))).toBe(true);
  expect(isUnknown(problem("INSUFFICIENT_FUNDS"))).toBe(false);
  expect(isUnknown(problem("STEP_UP_REQUIRED"))).toBe(false);
});

import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { beginAttempt, endAttempt, isLost, loseAttempt, openAttempt } from "./attempt";
import { forget } from "./leave";

beforeEach(() => localStorage.clear());

const begin = (name: string, minor: number, now?: number) => {
  const made = beginAttempt(name, { minor }, now);
  if (made === undefined) throw new Error("another one is open");
  return made;
};

it("sends the same body under the same key until it is known what became of it", () => {
  const first = begin("ana.deposit", 5000);
  expect(first.isLost).toBe(false);
  // Whoever comes upon it does not know what the try before was answered; nor do both of them now.
  expect(isLost("ana.deposit", first.key)).toBe(false);
  expect(begin("ana.deposit", 5000)).toEqual({ ...first, isLost: true });
  expect(isLost("ana.deposit", first.key)).toBe(true);
  expect(openAttempt("ana.deposit")).toEqual({ ...first, isLost: true });
  endAttempt("ana.deposit", first.key);
  expect(openAttempt("ana.deposit")).toBeUndefined();
  expect(begin("ana.deposit", 5000).key).not.toBe(first.key);
});

it("begins nothing else while one is open", () => {
  const first = begin("ana.deposit", 5000);
  expect(beginAttempt("ana.deposit", { minor: 7000 })).toBeUndefined();
  expect(openAttempt("ana.deposit")).toMatchObject({ key: first.key, body: { minor: 5000 } });
});

it("ends only the one it is told of", () => {
  const first = begin("ana.deposit", 5000);
  endAttempt("ana.deposit", first.key);
  const second = begin("ana.deposit", 7000);
  endAttempt("ana.deposit", first.key);
  expect(openAttempt("ana.deposit")?.key).toBe(second.key);
  // Another tab has ended it: how, is not known here.
  expect(isLost("ana.deposit", first.key)).toBe(true);
  expect(loseAttempt("ana.deposit", first)).toEqual({ ...first, isLost: true });
  expect(openAttempt("ana.deposit")).toEqual(second);
});

it("keeps people and kinds apart, and forgets after a day", () => {
  const hers = begin("ana.deposit", 1, 0);
  expect(begin("ben.deposit", 1, 0).key).not.toBe(hers.key);
  expect(begin("ana.withdrawal", 1, 0).key).not.toBe(hers.key);
  expect(openAttempt("ana.deposit", 24 * 3_600_000 - 1)?.key).toBe(hers.key);
  expect(openAttempt("ana.deposit", 24 * 3_600_000)).toBeUndefined();
});

it("outlives the tab, and goes with the person", () => {
  begin("ana.deposit", 1);
  sessionStorage.clear();
  expect(openAttempt("ana.deposit")).toBeDefined();
  forget();
  expect(openAttempt("ana.deposit")).toBeUndefined();
});

it("has at most one key in the air, whatever happens in which order", () => {
  const acts = fc.array(fc.oneof(fc.constant("unknown"), fc.constant("known"), fc.nat(9)));
  fc.assert(
    fc.property(acts, (order) => {
      localStorage.clear();
      let inAir: { key: string; body: { minor: number } } | undefined;
      for (const act of order) {
        if (act === "known") {
          endAttempt("x", inAir?.key ?? "");
          inAir = undefined;
        } else if (typeof act === "number") {
          const begun = beginAttempt("x", { minor: act });
          if (begun !== undefined && begun.body.minor !== act) return false;
          if (begun === undefined && inAir?.body.minor === act) return false;
          if (begun !== undefined && inAir !== undefined && begun.key !== inAir.key) return false;
          inAir = begun ?? inAir;
        }
      }
      return true;
    }),
  );
});

import { expect, it } from "vitest";
import { lastTouched, touched } from "./idle";
import { forget } from "./leave";

it("takes what was kept of a person, and leaves what belongs to the device", () => {
  for (const name of ["language", "theme", "draft.usr_a.x", "attempt.usr_a.deposit", "visit"]) {
    localStorage.setItem(`quid.${name}`, "x");
  }
  sessionStorage.setItem("quid.cursor.usr_a", "7");
  forget();
  expect(Object.keys(localStorage).sort()).toEqual(["quid.language", "quid.theme"]);
  expect(sessionStorage).toHaveLength(0);
});

it("leaves when the server was last asked: without it every session would look over", () => {
  touched();
  const seen = lastTouched();
  expect(seen).toBeGreaterThan(Date.now() - 1000);
  forget();
  expect(lastTouched()).toBe(seen);
});

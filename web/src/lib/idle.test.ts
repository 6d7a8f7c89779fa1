import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { lastTouched, touched } from "./idle";

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  window.dispatchEvent(new Event("pointerdown"));
});
afterEach(() => vi.useRealTimers());

const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);

it("counts an answer to what somebody has just done", () => {
  pass(20);
  touched();
  expect(lastTouched()).toBe(Date.now());
});

it("does not count what the page asks by itself while nobody is there", () => {
  touched();
  const seen = lastTouched();
  for (let at = 0; at < 40; at += 1) {
    pass(15);
    touched();
  }
  expect(lastTouched()).toBeLessThanOrEqual(seen + 60_000);
  window.dispatchEvent(new Event("keydown"));
  touched();
  expect(lastTouched()).toBe(Date.now());
});

it("counts coming back to the page", () => {
  pass(600);
  document.dispatchEvent(new Event("visibilitychange"));
  touched();
  expect(lastTouched()).toBe(Date.now());
});

import { useEffect, useMemo, useState } from "react";
import { isProblem } from "./problem";

/** Whole seconds left until then, counted down; 0 for a time that has passed, or none. */
export function useSecondsLeft(until: number | undefined): number {
  const left = () => Math.max(0, Math.ceil(((until ?? 0) - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `left` is of this `until`
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => {
      setSeconds(left());
      if (left() === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [until]);
  return seconds;
}

/** How long a refusal asks to wait, counted down; 0 where it does not. */
export function useWaitOf(error: unknown): number {
  const until = useMemo(
    () => Date.now() + 1000 * ((isProblem(error) ? error.retryAfter : undefined) ?? 0),
    [error],
  );
  return useSecondsLeft(until);
}

/** A value once it has stood still for a moment, so that typing does not ask at each key. */
export function useSettled<T>(value: T, milliseconds = 250): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

import { newKey } from "./keys";
import { isProblem } from "./problem";

/**
 * A transfer that was sent and of which nobody knows yet what became. It is written down before
 * it is sent, so that a reload, a second tap or a lost answer sends the same body under the same
 * key: the server then says again what it did the first time. Only a known end makes room for
 * another one.
 */
export interface Attempt<T> {
  key: string;
  body: T;
  /** Milliseconds since 1970. */
  at: number;
}

const LIFE_MS = 24 * 60 * 60 * 1000;

/** The transfer of this tab that is still open, if there is one. `name`: whose, and of what kind. */
export function openAttempt<T>(name: string, now = Date.now()): Attempt<T> | undefined {
  const kept = sessionStorage.getItem(`quid.attempt.${name}`);
  const found = kept === null ? undefined : (JSON.parse(kept) as Attempt<T>);
  return found && now - found.at < LIFE_MS ? found : undefined;
}

/** Gives the attempt to send: the open one whatever is asked for, else a new one, written down. */
export function beginAttempt<T>(name: string, body: T, now = Date.now()): Attempt<T> {
  const open = openAttempt<T>(name, now);
  if (open) return open;
  const made = { key: newKey(), body, at: now };
  sessionStorage.setItem(`quid.attempt.${name}`, JSON.stringify(made));
  return made;
}

/** It is known what became of it. */
export function endAttempt(name: string): void {
  sessionStorage.removeItem(`quid.attempt.${name}`);
}

/** Tells whether a failure leaves open what became of it; every other refusal moved nothing. */
export function isUnknown(error: unknown): boolean {
  if (!isProblem(error)) return true;
  // Who has to sign in, or goes too fast, is not answered about the transfer at all.
  const isAside = error.code === "SIGN_IN_REQUIRED" || error.code === "RATE_LIMITED";
  return isAside || error.moneyMoved === "unknown";
}

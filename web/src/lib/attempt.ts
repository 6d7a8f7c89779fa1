import { newKey } from "./keys";

/**
 * A transfer that was sent and of which nobody knows yet what became. It is written down before
 * it is sent, so that a reload, another tab, a second tap or a lost answer sends the same body
 * under the same key: the server then says again what it did the first time. Only a known end
 * makes room for another one.
 */
export interface Attempt<T> {
  key: string;
  body: T;
  /** Milliseconds since 1970. */
  at: number;
  /** A try of it has had no answer that all who sent it have heard. */
  isLost: boolean;
}

const LIFE_MS = 24 * 60 * 60 * 1000;

function keep<T>(name: string, attempt: Attempt<T>): Attempt<T> {
  localStorage.setItem(`quid.attempt.${name}`, JSON.stringify(attempt));
  return attempt;
}

/** The transfer that is still open, if there is one. `name`: whose, and of what kind. */
export function openAttempt<T>(name: string, now = Date.now()): Attempt<T> | undefined {
  const kept = localStorage.getItem(`quid.attempt.${name}`);
  const found = kept === null ? undefined : (JSON.parse(kept) as Attempt<T>);
  return found && now - found.at < LIFE_MS ? found : undefined;
}

/**
 * Gives the attempt to send: the open one if it is the same that is asked for, else a new one,
 * written down. There is none while another is open: what became of that comes first.
 */
export function beginAttempt<T>(name: string, body: T, now = Date.now()): Attempt<T> | undefined {
  const open = openAttempt<T>(name, now);
  if (open === undefined) return keep(name, { key: newKey(), body, at: now, isLost: false });
  return JSON.stringify(open.body) === JSON.stringify(body) ? loseAttempt(name, open) : undefined;
}

/** Notes that what a try of it was answered is not known, or not to everybody. */
export function loseAttempt<T>(name: string, attempt: Attempt<T>): Attempt<T> {
  const lost = { ...attempt, isLost: true };
  return openAttempt(name)?.key === attempt.key ? keep(name, lost) : lost;
}

/** Whether a try of it was lost, in whatever tab; what is kept no more was ended by another. */
export function isLost(name: string, key: string): boolean {
  const open = openAttempt(name);
  return open?.key !== key || open.isLost;
}

/** It is known what became of that one. */
export function endAttempt(name: string, key: string): void {
  if (openAttempt(name)?.key === key) localStorage.removeItem(`quid.attempt.${name}`);
}

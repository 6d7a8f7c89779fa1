import type { components } from "@/api/schema";

type Session = Pick<
  components["schemas"]["SessionView"],
  "idle_until" | "last_seen_at" | "ends_at"
>;

/** The server notes a use at most once a minute. */
const NOTED_EVERY_MS = 60_000;

/** When a session ends if nothing more is asked; both in milliseconds. */
export function endOf(session: Session, lastTouched: number): number {
  const endsAt = Date.parse(session.ends_at);
  const idleUntil = Date.parse(session.idle_until);
  if (idleUntil >= endsAt) return endsAt; // it has no idle limit, or this is its last half hour
  const idle = idleUntil - Date.parse(session.last_seen_at);
  return Math.min(endsAt, lastTouched + idle - NOTED_EVERY_MS);
}

const KEPT = "quid.seen";
const EVERY_MS = 5_000;

/** Notes that the server has just answered: any request is use of the session. */
export function touched(now = Date.now()): void {
  if (now - lastTouched() >= EVERY_MS) localStorage.setItem(KEPT, String(now));
}

/** When any tab was last answered; milliseconds, 0 for never. */
export function lastTouched(): number {
  return Number(localStorage.getItem(KEPT) ?? 0);
}

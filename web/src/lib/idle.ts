const KEPT = "quid.seen";
const EVERY_MS = 5_000;

const ATTENDED_MS = 60_000;
let attended = Date.now();

/** Somebody is there. */
function attend(): void {
  if (document.visibilityState === "visible") attended = Date.now();
}
for (const act of ["pointerdown", "keydown"]) addEventListener(act, attend, { capture: true });
document.addEventListener("visibilitychange", attend);

/**
 * Notes that the server has just answered: that is use of the session, unless nobody has done
 * anything here for a minute. Then the page has asked by itself.
 */
export function touched(now = Date.now()): void {
  if (now - attended > ATTENDED_MS) return;
  if (now - lastTouched() >= EVERY_MS) localStorage.setItem(KEPT, String(now));
}

/** When any tab was last used; milliseconds, 0 for never. */
export function lastTouched(): number {
  return Number(localStorage.getItem(KEPT) ?? 0);
}

import type { Ended } from "./session";
import { tellTabs } from "./tabs";

/**
 * What belongs to the device and not to the person. Without the time of the last use the session
 * of whoever comes next would look long over.
 */
const device = new Set(["quid.language", "quid.theme", "quid.rail", "quid.way", "quid.seen"]);

/** Takes away what was kept here of a person: drafts and the like. */
export function forget(): void {
  sessionStorage.clear();
  for (const key of Object.keys(localStorage)) if (!device.has(key)) localStorage.removeItem(key);
}

/** Leads to the sign-in page by a new document: nothing of the old one stays in memory. */
export function goToDoor(why: Ended, next?: string): void {
  const query = new URLSearchParams({ why, ...(next && next !== "/" ? { next } : {}) });
  location.replace(`/sign-in?${query}`);
}

/** Forgets the person here and leads every tab to the sign-in page. */
export function leave(): void {
  forget();
  tellTabs({ what: "out" });
  goToDoor("out");
}

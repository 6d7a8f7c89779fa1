/** How an e-mail is proven: by a code that goes there, or by the password. */
export type Way = "code" | "password";
const KEPT = "quid.way";

/** The way that was gone here the last time: whoever has a password manager wants no mail. */
export function lastWay(): Way {
  return localStorage.getItem(KEPT) === "password" ? "password" : "code";
}

export function keepWay(way: Way): void {
  localStorage.setItem(KEPT, way);
}

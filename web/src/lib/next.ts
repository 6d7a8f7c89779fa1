/** Pages that are no place to come back to. */
const doors = ["/sign-in", "/recover"];

/** Where to go after the door: a path of this origin, or Home. Whatever else `next` says is ignored. */
export function safeNext(next: string | undefined, origin = location.origin): string {
  if (next === undefined || !next.startsWith("/")) return "/";
  const url = URL.parse(next, origin);
  if (url === null || url.origin !== origin || doors.includes(url.pathname)) return "/";
  const path = url.pathname + url.search + url.hash;
  // "/.//foreign.example" is read as the path "//foreign.example", which leads elsewhere.
  return URL.parse(path, origin)?.origin === origin ? path : "/";
}

import type { Opened } from "@/api/sources/finish-visit";

const KEPT = "quid.visit";

/** Where the pages of banks and cards send people back to. */
export function returnPath(kind: Opened["kind"]): string {
  return `/wallet/add?back=${kind}`;
}

/** Goes to a provider's page. It is kept in the browser, as the way back names it no more. */
export function goTo(url: string, opened: Opened): void {
  localStorage.setItem(KEPT, JSON.stringify(opened));
  location.assign(url);
}

/** The page that somebody comes back from. */
export function visited(kind: string): Opened | undefined {
  const kept = localStorage.getItem(KEPT);
  const found = kept === null ? undefined : (JSON.parse(kept) as Opened);
  return found?.kind === kind ? found : undefined;
}

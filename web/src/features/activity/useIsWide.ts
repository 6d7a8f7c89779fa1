import { useSyncExternalStore } from "react";

const wide = window.matchMedia("(min-width: 768px)");

/** Whether there is room for more than a column. */
export function useIsWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      wide.addEventListener("change", changed);
      return () => wide.removeEventListener("change", changed);
    },
    () => wide.matches,
  );
}

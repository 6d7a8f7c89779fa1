import { QueryClient } from "@tanstack/react-query";
import { isProblem } from "@/lib/problem";

/** What asks for a longer pause is tried again by the person. */
const PAUSE_MAX_S = 5;

function pauseOf(error: unknown): number {
  return (isProblem(error) ? error.retryAfter : undefined) ?? 0;
}

/**
 * What the server said, by key. Reads are tried again where that may help; writes never by
 * themselves. Nothing waits for a line: without one it fails, and says so.
 */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (count, error) =>
        count < 2 && (!isProblem(error) || error.retryable) && pauseOf(error) <= PAUSE_MAX_S,
      retryDelay: (count, error) => Math.max(1000 * 2 ** count, 1000 * pauseOf(error)),
      networkMode: "always",
      refetchOnReconnect: true,
      refetchOnWindowFocus: "always",
    },
    mutations: { retry: false, networkMode: "always" },
  },
});

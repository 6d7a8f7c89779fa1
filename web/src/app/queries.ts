import { QueryClient } from "@tanstack/react-query";
import { isProblem } from "@/lib/problem";

/** What the server said, by key. Reads are tried again where that may help; writes never by themselves. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (count, error) => count < 2 && (!isProblem(error) || error.retryable),
      refetchOnWindowFocus: "always",
    },
    mutations: { retry: false },
  },
});

import { useMutation } from "@tanstack/react-query";
import { http, take } from "../http";

interface Wanted {
  /** Where the browser comes back to: a path of this site. */
  returnPath: string;
  /** The bank that is to be repaired, or whose code is to be typed; without it a new one. */
  repairs?: string | undefined;
}

/** Opens the bank's own page. Needs a fresh proof. */
export function useStartBank() {
  return useMutation({
    mutationFn: ({ returnPath, repairs }: Wanted) =>
      take(
        http.POST("/v1/funding-sources/bank/link", {
          body: {
            purpose: repairs === undefined ? "new" : "repair",
            return_path: returnPath,
            funding_source_id: repairs ?? null,
          },
        }),
      ),
  });
}

import { useMutation } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

/** Opens the card processor's own page. Needs a fresh proof. */
export function useStartCard() {
  return useMutation({
    mutationFn: async (returnPath: string) =>
      (await take(
        http.POST("/v1/funding-sources/card", {
          body: { purpose: "charge", return_path: returnPath },
        }),
      )) as components["schemas"]["CardPage"],
  });
}

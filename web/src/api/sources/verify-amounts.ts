import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";

/** Proves an account by the two small amounts that came to it, in cents. */
export function useVerifyAmounts(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (amounts: [number, number]) =>
      take(
        http.POST("/v1/funding-sources/{funding_source_id}/verify", {
          params: { path: { funding_source_id: id } },
          body: { amounts },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["sources"] }),
  });
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";

/** Uses this bank, or this card, where none is named. */
export function useChooseDefault(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      take(
        http.PATCH("/v1/funding-sources/{funding_source_id}", {
          params: { path: { funding_source_id: id } },
          body: { is_default: true },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["sources"] }),
  });
}

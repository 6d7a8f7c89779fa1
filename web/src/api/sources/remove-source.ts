import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";

/** Removes a bank or card; refused while a transfer on it is open. */
export function useRemoveSource(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      take(
        http.DELETE("/v1/funding-sources/{funding_source_id}", {
          params: { path: { funding_source_id: id } },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["sources"] }),
  });
}

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";
import type { Source } from "./get-sources";

/** One of my banks and cards, removed or not. */
export function useSource(id: string) {
  const queries = useQueryClient();
  return useQuery({
    queryKey: ["sources", id],
    queryFn: () =>
      take(
        http.GET("/v1/funding-sources/{funding_source_id}", {
          params: { path: { funding_source_id: id } },
        }),
      ),
    placeholderData: () =>
      queries.getQueryData<Source[]>(["sources"])?.find((source) => source.id === id),
  });
}

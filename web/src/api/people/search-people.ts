import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type UserCard = components["schemas"]["UserCard"];

/** People by the beginning of any word of name or handle, or by exact e-mail or phone. */
export function usePeopleSearch(query: string) {
  return useQuery({
    queryKey: ["people", query],
    queryFn: async ({ signal }) =>
      (await take(http.GET("/v1/users", { params: { query: { query, limit: 20 } }, signal })))
        .items,
    enabled: [...query].length >= 2,
    placeholderData: keepPreviousData,
  });
}

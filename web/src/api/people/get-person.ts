import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Profile = components["schemas"]["Profile"];

/** Somebody's card, what they are to me, and their latest payments that I may see. */
export function personQuery(handle: string) {
  return queryOptions({
    queryKey: ["person", handle],
    queryFn: () => take(http.GET("/v1/users/{handle}", { params: { path: { handle } } })),
  });
}

export function usePerson(handle: string | undefined) {
  return useQuery({ ...personQuery(handle ?? ""), enabled: handle !== undefined });
}

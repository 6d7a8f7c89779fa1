import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type MoneyRequest = components["schemas"]["RequestView"];

export function requestQuery(id: string) {
  return queryOptions({
    queryKey: ["request", id],
    queryFn: () =>
      take(http.GET("/v1/requests/{request_id}", { params: { path: { request_id: id } } })),
  });
}

/** A request of mine or to me; none is asked for while there is no id. */
export function useRequest(id: string | undefined) {
  return useQuery({ ...requestQuery(id ?? ""), enabled: id !== undefined });
}

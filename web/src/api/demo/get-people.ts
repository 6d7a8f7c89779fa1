import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";

const personasQuery = queryOptions({
  queryKey: ["demo", "people"],
  queryFn: async () => (await take(http.GET("/demo/people"))).items,
  staleTime: Number.POSITIVE_INFINITY,
  refetchOnWindowFocus: false,
});

/** Whom one can be in a demo. */
export function usePersonas(isDemo: boolean) {
  return useQuery({ ...personasQuery, enabled: isDemo });
}

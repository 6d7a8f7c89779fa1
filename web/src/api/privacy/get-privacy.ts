import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Privacy = components["schemas"]["Privacy"];

export const privacyQuery = queryOptions({
  queryKey: ["privacy"],
  queryFn: () => take(http.GET("/v1/me/privacy")),
});

/** What others may see of me, and ask of me. */
export function usePrivacy() {
  return useQuery(privacyQuery);
}

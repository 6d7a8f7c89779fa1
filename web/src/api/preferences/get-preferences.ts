import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Preference = components["schemas"]["Preference"];

export const preferencesQuery = queryOptions({
  queryKey: ["preferences"],
  queryFn: async () => (await take(http.GET("/v1/notifications/preferences"))).items,
});

/** What may reach me, and which ways. */
export function usePreferences() {
  return useQuery(preferencesQuery);
}

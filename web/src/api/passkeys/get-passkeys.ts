import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Passkey = components["schemas"]["PasskeyView"];

const passkeysQuery = queryOptions({
  queryKey: ["passkeys"],
  queryFn: async () => (await take(http.GET("/v1/me/passkeys"))).items,
});

/** My passkeys, the oldest first. */
export function usePasskeys() {
  return useQuery(passkeysQuery);
}

import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Verification = components["schemas"]["VerificationAnswer"];

export const verificationQuery = queryOptions({
  queryKey: ["verification"],
  queryFn: () => take(http.GET("/v1/me/verification")),
});

/** What is known of who I am, and what would be needed for more. */
export function useVerification() {
  return useQuery(verificationQuery);
}

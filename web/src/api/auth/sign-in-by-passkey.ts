import { http, take } from "../http";
import type { components } from "../schema";

/** Signs in by what a passkey has signed. */
export function signInByPasskey(body: components["schemas"]["SignedBody"]) {
  return take(http.POST("/v1/auth/passkey/sign-in/verify", { body }));
}

import { http, take } from "../http";
import type { components } from "../schema";

/** Begins anew with a code, a new password, and a second factor where STEP_UP_REQUIRED asks one. */
export function recover(body: components["schemas"]["RecoverBody"]) {
  return take(http.POST("/v1/auth/recover", { body }));
}

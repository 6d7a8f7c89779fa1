import { http, take } from "../http";

/** What to ask of whichever passkey the browser finds; good once, for five minutes. */
export function askPasskey() {
  return take(http.POST("/v1/auth/passkey/sign-in/options"));
}

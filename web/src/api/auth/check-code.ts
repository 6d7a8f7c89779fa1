import { http, take } from "../http";

/** Proves an e-mail: gives the person, a ticket to sign up, or what else is asked of them. */
export function checkCode(body: { challenge_id: string; code: string; remember: boolean }) {
  return take(http.POST("/v1/auth/code", { body }));
}

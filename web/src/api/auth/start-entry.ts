import { http, take } from "../http";

/** Begins with an e-mail: a code goes there, whether it is known or not. */
export function startEntry(identifier: string) {
  return take(http.POST("/v1/auth/start", { body: { identifier } }));
}

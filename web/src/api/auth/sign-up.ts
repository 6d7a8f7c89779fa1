import { http, take } from "../http";
import type { components } from "../schema";

export type SignUp = components["schemas"]["SignUpBody"];

/** Makes a person of a proven e-mail, and signs them in. */
export function signUp(body: SignUp) {
  return take(http.POST("/v1/auth/sign-up", { body }));
}

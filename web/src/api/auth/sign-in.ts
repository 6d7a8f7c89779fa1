import { http, take } from "../http";

/** Signs in by password: gives the person, or what else is asked of them. */
export function signIn(body: { identifier: string; password: string; remember: boolean }) {
  return take(http.POST("/v1/auth/sign-in", { body }));
}

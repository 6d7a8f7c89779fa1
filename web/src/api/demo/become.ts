import { http, take } from "../http";

/** Opens a session of somebody of the demo. */
export function become(handle: string) {
  return take(http.POST("/demo/sign-in", { body: { handle, remember: false } }));
}

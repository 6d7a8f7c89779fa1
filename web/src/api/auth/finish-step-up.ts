import { http, take } from "../http";
import type { Method } from "./begin-step-up";

export interface Proof {
  method: Method;
  proof: string;
  /** Beside an e-mail code, in a session. */
  password?: string;
}

/** Answers a challenge: that of this session, or of a sign-in that waits for it. */
export function finishStepUp(challenge_id: string, proof: Proof) {
  return take(http.POST("/v1/auth/step-up", { body: { challenge_id, ...proof } }));
}

import { http, take } from "../http";
import type { components } from "../schema";

export type StepUp = components["schemas"]["StepUpView"];
export type Method = StepUp["methods"][number]["name"];

/** Asks how whoever holds this session may prove it; who has no second factor is sent a code. */
export async function beginStepUp(): Promise<StepUp> {
  return (await take(http.POST("/v1/auth/step-up"))) as StepUp;
}

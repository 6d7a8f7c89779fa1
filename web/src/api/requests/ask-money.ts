import { http } from "../http";
import type { components } from "../schema";
import type { MoneyRequest } from "./get-request";

export type AskBody = components["schemas"]["AskBody"];

/** Asks somebody for money, once for each key. */
export async function askMoney(
  body: AskBody,
  key: string,
): Promise<{ request: MoneyRequest; isReplayed: boolean }> {
  const params = { header: { "Idempotency-Key": key } };
  const { data, response } = await http.POST("/v1/requests", { params, body });
  const isReplayed = response.headers.get("Idempotency-Replayed") === "true";
  return { request: data as MoneyRequest, isReplayed };
}

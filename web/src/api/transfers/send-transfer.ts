import { http, take } from "../http";
import type { Transfer } from "./get-transfers";
import type { Wanted } from "./quote-transfer";

/** Moves money in or out, once for each key. The first time to a bank needs a fresh proof. */
export async function sendTransfer(wanted: Wanted, key: string): Promise<Transfer> {
  const body = { funding_source_id: wanted.source, amount: wanted.minor };
  const params = { header: { "Idempotency-Key": key } };
  if (wanted.kind === "deposit") {
    return (await take(http.POST("/v1/deposits", { params, body }))).deposit;
  }
  const whole = { ...body, type: wanted.speed };
  return (await take(http.POST("/v1/withdrawals", { params, body: whole }))).withdrawal;
}

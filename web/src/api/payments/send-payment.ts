import { http } from "../http";
import type { components } from "../schema";
import type { Payment } from "./get-payment";

type Balance = components["schemas"]["BalanceView"];
export type PaymentBody = components["schemas"]["PaymentRequest"];
export type RequestPayBody = components["schemas"]["PayBody"] & { request_id: string };

export interface SentPayment {
  payment: Payment;
  balance: Balance;
  /** This key had been answered before: the same payment, sent once. */
  isReplayed: boolean;
}

function read(answer: {
  data?: { payment: Payment; balance: Balance };
  response: Response;
}): SentPayment {
  const { payment, balance } = answer.data as { payment: Payment; balance: Balance };
  const isReplayed = answer.response.headers.get("Idempotency-Replayed") === "true";
  return { payment, balance, isReplayed };
}

/** Sends a payment, once for each key. */
export async function sendPayment(body: PaymentBody, key: string): Promise<SentPayment> {
  const params = { header: { "Idempotency-Key": key } };
  return read(await http.POST("/v1/payments", { params, body }));
}

/** Pays a request by an ordinary payment, once for each key. */
export async function payRequest(asked: RequestPayBody, key: string): Promise<SentPayment> {
  const { request_id, ...body } = asked;
  const params = { path: { request_id }, header: { "Idempotency-Key": key } };
  return read(await http.POST("/v1/requests/{request_id}/pay", { params, body }));
}

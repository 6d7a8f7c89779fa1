import { http, take } from "../http";

/** Mails the code that proves a payment. */
export async function mailCode(id: string): Promise<void> {
  await http.POST("/v1/payments/{payment_id}/code", { params: { path: { payment_id: id } } });
}

/** What a passkey is to sign so that it proves a payment. */
export function askPaymentPasskey(id: string) {
  const params = { path: { payment_id: id } };
  return take(http.POST("/v1/payments/{payment_id}/passkey", { params }));
}

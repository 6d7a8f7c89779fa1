import { http } from "../http";

/** Looks for the payment that a key of mine has made; `at`: when, by the server's own clock. */
export async function findPayment(key: string): Promise<{ id: string | undefined; at: number }> {
  const params = { query: { idempotency_key: key } };
  const { data, response } = await http.GET("/v1/payments", { params });
  const at = Date.parse(response.headers.get("Date") ?? "");
  return { id: data?.items[0]?.id, at };
}

import type { QueryClient } from "@tanstack/react-query";
import { takeBalance } from "@/api/balance/get-balance";
import { movedKeys } from "@/api/payments/act-on-payment";
import { findPayment } from "@/api/payments/find-payment";
import {
  type PaymentBody,
  payRequest,
  type RequestPayBody,
  sendPayment,
} from "@/api/payments/send-payment";
import { type AskBody, askMoney } from "@/api/requests/ask-money";
import type { Draft } from "@/lib/draft";
import type { Door } from "@/lib/sending";

function changed(queries: QueryClient): void {
  for (const queryKey of movedKeys) void queries.invalidateQueries({ queryKey });
}

async function pay(draft: Draft, queries: QueryClient) {
  const { key, body, token } = draft.seal ?? { key: "", body: {} };
  const quoted = { ...body, ...(token === undefined ? {} : { quote_token: token }) } as unknown;
  const sent = await ("request_id" in body
    ? payRequest(quoted as RequestPayBody, key)
    : sendPayment(quoted as PaymentBody, key));
  queries.setQueryData(["payment", sent.payment.id], sent.payment);
  takeBalance(queries, sent.balance);
  changed(queries);
  return { id: sent.payment.id, isReplayed: sent.isReplayed };
}

async function ask(draft: Draft, queries: QueryClient) {
  const { key, body } = draft.seal ?? { key: "", body: {} };
  const { request, isReplayed } = await askMoney(body as unknown as AskBody, key);
  queries.setQueryData(["request", request.id], request);
  changed(queries);
  return { id: request.id, isReplayed };
}

/** How a draft leaves: a request for money has no look-up, and no money that could move twice. */
export function doorOf(draft: Draft, queries: QueryClient): Door {
  if (draft.kind === "request") return { send: (now) => ask(now, queries), find: undefined };
  return {
    send: (now) => pay(now, queries),
    find: async (key) => {
      const found = await findPayment(key);
      if (found.id !== undefined) changed(queries);
      return found;
    },
  };
}

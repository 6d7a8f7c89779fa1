import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";
import type { Payment } from "./get-payment";

export type Proof = Pick<components["schemas"]["VerifyRequest"], "method" | "proof">;

/** What a payment's end or beginning changes elsewhere. */
export const movedKeys = [
  ["balance"],
  ["payments"],
  ["activity"],
  ["feed"],
  ["requests"],
  ["request"],
  ["limits"],
  ["people"],
  ["person"],
] as const;

/** Proves or cancels a payment that waits; the answer is shown, and what it touches asked anew. */
export function usePaymentAct(payment: Payment) {
  const queries = useQueryClient();
  const path = { payment_id: payment.id };
  const taken = (after: Payment) => {
    queries.setQueryData(["payment", after.id], after);
    for (const queryKey of movedKeys) void queries.invalidateQueries({ queryKey });
  };
  // A refusal may have ended the payment: where it stands now is read again.
  const look = () => queries.invalidateQueries({ queryKey: ["payment", payment.id] });
  const verify = useMutation({
    mutationFn: (proof: Proof) => {
      const body = { ...proof, challenge_id: payment.challenge?.id ?? "" };
      return take(http.POST("/v1/payments/{payment_id}/verify", { params: { path }, body }));
    },
    onSuccess: taken,
    onError: look,
  });
  const cancel = useMutation({
    mutationFn: () => take(http.POST("/v1/payments/{payment_id}/cancel", { params: { path } })),
    onSuccess: taken,
    onError: look,
  });
  return { verify, cancel };
}

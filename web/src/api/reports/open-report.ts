import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Claim = components["schemas"]["ReportBody"]["claim"];

/** What is to be said: of a payment that arrived, one that was stopped, or a hold. */
export type Saying =
  | { about: "payment"; id: string; claim: Claim; text: string }
  | { about: "rejected" | "hold"; id: string; text: string };

function say(saying: Saying, key: string) {
  const { id, text } = saying;
  const header = { "Idempotency-Key": key };
  if (saying.about === "payment") {
    const body = { payment_id: id, claim: saying.claim, text };
    return take(http.POST("/v1/disputes", { params: { header }, body }));
  }
  if (saying.about === "hold") {
    const params = { path: { hold_id: id }, header };
    return take(http.POST("/v1/me/holds/{hold_id}/appeal", { params, body: { text } }));
  }
  const params = { path: { payment_id: id }, header };
  return take(http.POST("/v1/payments/{payment_id}/appeal", { params, body: { text } }));
}

/** Reports a payment, or asks that somebody looks again; once for each key. Moves no money. */
export function useOpenReport() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ saying, key }: { saying: Saying; key: string }) => say(saying, key),
    onSuccess: (made) => queries.setQueryData(["reports", "one", made.id], made),
    onSettled: () => queries.invalidateQueries({ queryKey: ["reports", "of"] }),
  });
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";
import type { Transfer } from "./get-transfers";

async function cancel({ id, kind }: Transfer): Promise<Transfer> {
  if (kind === "withdrawal") {
    const params = { path: { withdrawal_id: id } };
    return (await take(http.POST("/v1/withdrawals/{withdrawal_id}/cancel", { params }))).withdrawal;
  }
  const params = { path: { deposit_id: id } };
  return (await take(http.POST("/v1/deposits/{deposit_id}/cancel", { params }))).deposit;
}

/** Takes a transfer back, while the bank's network allows it. */
export function useCancelTransfer() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: cancel,
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["balance"] });
      return queries.invalidateQueries({ queryKey: ["transfers"] });
    },
  });
}

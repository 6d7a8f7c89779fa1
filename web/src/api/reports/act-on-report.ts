import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keyKeeper } from "@/lib/keys";
import { http, take } from "../http";
import type { Report } from "./get-reports";

/** Answers what was asked, or takes the whole back, once for each key; the answer is shown. */
export function useReportAct(id: string) {
  const queries = useQueryClient();
  const [keyOf] = useState(keyKeeper);
  const params = (act: unknown) => ({
    path: { dispute_id: id },
    header: { "Idempotency-Key": keyOf(act) },
  });
  const told = {
    onSuccess: (after: Report) => {
      queries.setQueryData(["reports", "one", id], after);
      void queries.invalidateQueries({ queryKey: ["reports", "of"] });
    },
    // It may have moved on meanwhile: where it stands now is read again.
    onError: () => queries.invalidateQueries({ queryKey: ["reports", "one", id] }),
  };
  const answer = useMutation({
    mutationFn: (text: string) =>
      take(
        http.POST("/v1/disputes/{dispute_id}/info", { params: params({ text }), body: { text } }),
      ),
    ...told,
  });
  const withdraw = useMutation({
    mutationFn: () =>
      take(http.POST("/v1/disputes/{dispute_id}/withdraw", { params: params("withdraw") })),
    ...told,
  });
  return { answer, withdraw };
}

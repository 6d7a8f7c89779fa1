import { useMutation, useQueryClient } from "@tanstack/react-query";
import { newKey } from "@/lib/keys";
import { http, take } from "../http";
import type { Report } from "./get-reports";

/** Answers what was asked, or takes the whole back; the answer is shown. */
export function useReportAct(id: string) {
  const queries = useQueryClient();
  const params = () => ({
    path: { dispute_id: id },
    header: { "Idempotency-Key": newKey() },
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
      take(http.POST("/v1/disputes/{dispute_id}/info", { params: params(), body: { text } })),
    ...told,
  });
  const withdraw = useMutation({
    mutationFn: () => take(http.POST("/v1/disputes/{dispute_id}/withdraw", { params: params() })),
    ...told,
  });
  return { answer, withdraw };
}

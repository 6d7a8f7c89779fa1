import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";

export interface Numbers {
  bank_name: string;
  routing: string;
  account: string;
  kind: "checking" | "savings";
}

/** Links an account by its numbers; two small amounts are then sent to it. Needs a fresh proof. */
export function useAddNumbers() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (numbers: Numbers) =>
      take(http.POST("/v1/funding-sources/bank", { body: { method: "manual", ...numbers } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["sources"] }),
  });
}

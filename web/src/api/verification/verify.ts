import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";
import { verificationQuery } from "./get-verification";

type Facts = components["schemas"]["VerificationBody"];

/** Says who I am in law. */
export function useVerify() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Facts) => take(http.POST("/v1/me/verification", { body })),
    onSuccess: (answer) => {
      queries.setQueryData(verificationQuery.queryKey, answer);
      void queries.invalidateQueries({ queryKey: ["me"] });
      void queries.invalidateQueries({ queryKey: ["limits"] });
    },
  });
}

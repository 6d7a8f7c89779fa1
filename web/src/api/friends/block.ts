import { useMutation, useQueryClient } from "@tanstack/react-query";
import { takeOut } from "../feed/cached";
import { http, take } from "../http";

/** Refuses somebody, who is not told: both stop existing for each other. */
export function useBlock() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (userId: string) =>
      take(http.PUT("/v1/friends/{user_id}/block", { params: { path: { user_id: userId } } })),
    onSuccess: (_, userId) => {
      takeOut(
        queries,
        ({ direction, payer, payee }) =>
          direction === null && (payer.id === userId || payee.id === userId),
      );
      for (const root of ["feed", "friends", "person", "people", "requests", "request"]) {
        void queries.invalidateQueries({ queryKey: [root] });
      }
    },
  });
}

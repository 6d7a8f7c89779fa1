import { useMutation, useQueryClient } from "@tanstack/react-query";
import { takeOut } from "../feed/cached";
import { http, take } from "../http";

/** Hears no more of somebody, who is not told: their payments leave the feed at once. */
export function useMute() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (userId: string) =>
      take(http.PUT("/v1/friends/{user_id}/mute", { params: { path: { user_id: userId } } })),
    onSuccess: (_, userId) => {
      takeOut(
        queries,
        ({ direction, payer, payee }) =>
          direction === null && (payer.id === userId || payee.id === userId),
      );
      for (const root of ["feed", "friends", "person"]) {
        void queries.invalidateQueries({ queryKey: [root] });
      }
    },
  });
}

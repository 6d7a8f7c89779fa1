import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";

/** Asks somebody to be a friend, or accepts who has asked; or ends, takes back, declines. */
export function useBefriend() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ userId, isWanted }: { userId: string; isWanted: boolean }) => {
      const params = { params: { path: { user_id: userId } } };
      if (isWanted) await take(http.PUT("/v1/friends/{user_id}", params));
      else await take(http.DELETE("/v1/friends/{user_id}", params));
    },
    onSettled: () => {
      for (const root of ["friends", "person", "people", "feed"]) {
        void queries.invalidateQueries({ queryKey: [root] });
      }
    },
  });
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";

/** Refuses somebody no longer, or hears of somebody again. Restores nothing else. */
export function useForgive() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ userId, what }: { userId: string; what: "block" | "mute" }) => {
      const params = { params: { path: { user_id: userId } } };
      if (what === "block") await take(http.DELETE("/v1/friends/{user_id}/block", params));
      else await take(http.DELETE("/v1/friends/{user_id}/mute", params));
    },
    onSettled: () => {
      for (const root of ["friends", "person", "people", "feed"]) {
        void queries.invalidateQueries({ queryKey: [root] });
      }
    },
  });
}

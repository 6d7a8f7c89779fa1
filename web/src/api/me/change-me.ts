import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";
import { type Me, meQuery } from "./get-me";

export type Profile = Pick<Me, "display_name" | "handle" | "locale" | "timezone">;

/** Changes my name, handle, language or zone; everything that shows me shows it at once. */
export function useChangeMe() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: Partial<Profile>) => take(http.PATCH("/v1/me", { body: change })),
    onSuccess: (me) => {
      queries.setQueryData(meQuery.queryKey, me);
      for (const root of ["feed", "activity", "person"]) {
        void queries.invalidateQueries({ queryKey: [root] });
      }
    },
  });
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";

/** Ends a session of mine, or without an id all but this one. */
export function useEndSession() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (session_id: string | undefined) =>
      session_id === undefined
        ? take(http.DELETE("/v1/me/sessions"))
        : take(http.DELETE("/v1/me/sessions/{session_id}", { params: { path: { session_id } } })),
    onSettled: () =>
      Promise.all(
        ["sessions", "security-events"].map((root) =>
          queries.invalidateQueries({ queryKey: [root] }),
        ),
      ),
  });
}

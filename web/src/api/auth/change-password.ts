import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";

/** Sets another password; all other sessions end. */
export function useChangePassword() {
  const queries = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: (password: string) => take(http.POST("/v1/auth/password", { body: { password } })),
    onSuccess: () =>
      Promise.all(
        ["sessions", "security-events"].map((root) =>
          queries.invalidateQueries({ queryKey: [root] }),
        ),
      ),
  });
}

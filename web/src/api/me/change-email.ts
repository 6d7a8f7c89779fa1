import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";

/** Sends a code to another e-mail; nothing changes before it comes back. */
export function useAskEmail() {
  return useMutation({
    mutationFn: (email: string) => take(http.POST("/v1/auth/email", { body: { email } })),
  });
}

/** Changes my e-mail by the code that went to it; all other sessions end. */
export function useConfirmEmail() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { challenge_id: string; code: string }) =>
      take(http.POST("/v1/auth/email/confirm", { body })),
    onSuccess: () =>
      Promise.all(
        ["me", "sessions", "security-events"].map((root) =>
          queries.invalidateQueries({ queryKey: [root] }),
        ),
      ),
  });
}

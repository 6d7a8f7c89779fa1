import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";

function useRefresh() {
  const queries = useQueryClient();
  return () =>
    Promise.all(
      ["me", "security-events"].map((root) => queries.invalidateQueries({ queryKey: [root] })),
    );
}

/** Makes a secret for an authenticator app; nothing holds before its first code. */
export function useMakeTotp() {
  return useMutation({ gcTime: 0, mutationFn: () => take(http.POST("/v1/auth/totp")) });
}

/** Turns the app on by its first code; ten recovery codes come back, shown this once. */
export function useConfirmTotp() {
  const refresh = useRefresh();
  return useMutation({
    gcTime: 0,
    mutationFn: (code: string) => take(http.POST("/v1/auth/totp/confirm", { body: { code } })),
    onSuccess: refresh,
  });
}

/** Takes the app off the account. */
export function useRemoveTotp() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () => take(http.DELETE("/v1/auth/totp")),
    onSuccess: refresh,
  });
}

/** Makes ten new recovery codes; the old ones open nothing from here on. */
export function useRenewCodes() {
  const refresh = useRefresh();
  return useMutation({
    gcTime: 0,
    mutationFn: () => take(http.POST("/v1/auth/recovery-codes")),
    onSuccess: refresh,
  });
}

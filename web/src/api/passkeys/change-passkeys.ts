import { useMutation, useQueryClient } from "@tanstack/react-query";
import { makePasskey } from "@/lib/passkeys";
import { http, take } from "../http";
import type { components } from "../schema";

type Made = components["schemas"]["MadeBody"];

function useRefresh() {
  const queries = useQueryClient();
  return () =>
    Promise.all(
      ["passkeys", "me", "security-events"].map((root) =>
        queries.invalidateQueries({ queryKey: [root] }),
      ),
    );
}

/** Makes a passkey; with the first second factor come recovery codes, shown this once. */
export function useAddPasskey() {
  const refresh = useRefresh();
  return useMutation({
    gcTime: 0,
    mutationFn: async (name: string) => {
      const asked = await take(http.POST("/v1/auth/passkey/register/options"));
      const credential = await makePasskey({ ...asked.options });
      const body = { challenge_id: asked.challenge_id, credential, name } as unknown as Made;
      return take(http.POST("/v1/auth/passkey/register/verify", { body }));
    },
    onSuccess: refresh,
  });
}

/** Calls a passkey by another name. */
export function useRenamePasskey() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      take(
        http.PATCH("/v1/me/passkeys/{passkey_id}", {
          params: { path: { passkey_id: id } },
          body: { name },
        }),
      ),
    onSuccess: refresh,
  });
}

/** Takes a passkey off the account; on its device it stays, and opens nothing. */
export function useRemovePasskey() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (passkey_id: string) =>
      take(http.DELETE("/v1/me/passkeys/{passkey_id}", { params: { path: { passkey_id } } })),
    onSuccess: refresh,
  });
}

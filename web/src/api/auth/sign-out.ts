import { useMutation } from "@tanstack/react-query";
import { leave } from "@/lib/leave";
import { isProblem } from "@/lib/problem";
import { http, take } from "../http";

/** Ends the session on the server; gives whether there was one left. */
export async function signOut(): Promise<void> {
  await take(http.POST("/v1/auth/sign-out")).catch((error: unknown) => {
    if (!isProblem(error, "SIGN_IN_REQUIRED")) throw error;
  });
}

/** Signs out, in every tab. While there is no answer the session stands, and nothing pretends. */
export function useSignOut() {
  return useMutation({ mutationFn: signOut, onSuccess: leave });
}

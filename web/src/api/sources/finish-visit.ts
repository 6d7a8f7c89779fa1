import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";
import type { Source } from "./get-sources";

/** A page of a provider that was opened for somebody. */
export interface Opened {
  kind: "bank" | "card";
  session: string;
}

async function finish({ kind, session }: Opened): Promise<Source[]> {
  if (kind === "card") {
    const body = { setup_session_id: session };
    return [(await take(http.POST("/v1/funding-sources/card", { body }))) as Source];
  }
  const body = { method: "link", link_session_id: session } as const;
  const linked: components["schemas"]["LinkedSource"] = await take(
    http.POST("/v1/funding-sources/bank", { body }),
  );
  return [linked, ...linked.also];
}

/** Takes what the page gave. Asking again gives the same. */
export function useFinishVisit() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: finish,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["sources"] }),
  });
}

import { queryOptions, skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
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

/** Takes what the page gave, as soon as its person is back. Asking again gives the same. */
export function useFinishVisit(opened: Opened | undefined) {
  const queries = useQueryClient();
  return useQuery(
    queryOptions({
      queryKey: ["visit", opened],
      queryFn: opened
        ? async () => {
            const made = await finish(opened);
            void queries.invalidateQueries({ queryKey: ["sources"] });
            return made;
          }
        : skipToken,
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
      refetchOnWindowFocus: false,
    }),
  );
}

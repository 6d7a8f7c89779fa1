import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";
import { type Privacy, privacyQuery } from "./get-privacy";

/** Changes what others may see and ask; shown at once, taken back if it was refused. */
export function useChangePrivacy() {
  const queries = useQueryClient();
  const show = (change: Partial<Privacy>) =>
    queries.setQueryData(privacyQuery.queryKey, (now) => now && { ...now, ...change });
  return useMutation({
    scope: { id: "privacy" },
    mutationFn: (change: Partial<Privacy>) => take(http.PATCH("/v1/me/privacy", { body: change })),
    onMutate: async (change) => {
      await queries.cancelQueries(privacyQuery);
      const before = queries.getQueryData(privacyQuery.queryKey);
      show(change);
      return Object.fromEntries(
        Object.entries(before ?? {}).filter(([name]) => name in change),
      ) as Partial<Privacy>;
    },
    onError: (_, __, before) => before && show(before),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["me"] }),
  });
}

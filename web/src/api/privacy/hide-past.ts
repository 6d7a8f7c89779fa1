import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

type Audience = components["schemas"]["PastRequest"]["visibility"];

/** Lets nobody see more of my past payments than this; gives how many it has changed. */
export function useHidePast() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (visibility: Audience) =>
      take(http.POST("/v1/me/privacy/past", { body: { visibility } })),
    onSuccess: () =>
      Promise.all(
        ["feed", "feed-item", "payment", "activity", "person"].map((root) =>
          queries.invalidateQueries({ queryKey: [root] }),
        ),
      ),
  });
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";
import { findItem, patchItem } from "./cached";

interface Like {
  id: string;
  isLiked: boolean;
}

/** Likes, or takes it back; shown at once everywhere, and rolled back if it was refused. */
export function useLike() {
  const queries = useQueryClient();
  return useMutation({
    mutationKey: ["like"],
    scope: { id: "like" },
    mutationFn: ({ id, isLiked }: Like) => {
      const init = { params: { path: { payment_id: id } } };
      const path = "/v1/feed/{payment_id}/likes";
      return take(isLiked ? http.PUT(path, init) : http.DELETE(path, init));
    },
    onMutate: ({ id, isLiked }) => {
      const before = findItem(queries, id);
      patchItem(queries, id, (item) => ({
        ...item,
        liked_by_me: isLiked,
        like_count: item.like_count + Number(isLiked) - Number(item.liked_by_me),
      }));
      return before;
    },
    onError: (_, { id }, before) => {
      if (before === undefined) return;
      const { like_count, liked_by_me } = before;
      patchItem(queries, id, (item) => ({ ...item, like_count, liked_by_me }));
    },
    onSuccess: (likes, { id }) => {
      // A later press of the same heart is already on its way, and shown.
      const waiting = queries.isMutating({
        mutationKey: ["like"],
        predicate: ({ state }) => (state.variables as Like | undefined)?.id === id,
      });
      if (waiting === 1) patchItem(queries, id, (item) => ({ ...item, ...likes }));
    },
  });
}

import {
  type InfiniteData,
  type QueryClient,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { http, take } from "../http";
import { patchItem } from "./cached";
import { type Comment, type CommentsPage, commentsQuery } from "./get-comments";

type Comments = InfiniteData<CommentsPage, string>;

function change(queries: QueryClient, id: string, list: (items: Comment[]) => Comment[]): void {
  queries.setQueryData<Comments>(
    commentsQuery(id).queryKey,
    (known) =>
      known && {
        ...known,
        pages: known.pages.map((page) => ({ ...page, items: list(page.items) })),
      },
  );
}

function count(queries: QueryClient, id: string, by: 1 | -1): void {
  patchItem(queries, id, (item) => ({ ...item, comment_count: item.comment_count + by }));
}

/** Writes under a payment, once for each key. What is on its way is in the mutation's variables. */
export function useAddComment(paymentId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ text, key }: { text: string; key: string }) =>
      take(
        http.POST("/v1/feed/{payment_id}/comments", {
          params: { path: { payment_id: paymentId }, header: { "Idempotency-Key": key } },
          body: { text },
        }),
      ),
    onMutate: () => count(queries, paymentId, 1),
    onError: () => count(queries, paymentId, -1),
    onSuccess: (made) =>
      queries.setQueryData<Comments>(commentsQuery(paymentId).queryKey, (known) => {
        const last = known?.pages.at(-1);
        if (known === undefined || last === undefined) return known;
        const isThere = known.pages.some((page) => page.items.some(({ id }) => id === made.id));
        if (isThere) return known;
        const pages = [...known.pages.slice(0, -1), { ...last, items: [...last.items, made] }];
        return { ...known, pages };
      }),
  });
}

/** Deletes a comment for everybody; it is gone at once, and back if that was refused. */
export function useDeleteComment(paymentId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      take(
        http.DELETE("/v1/feed/{payment_id}/comments/{comment_id}", {
          params: { path: { payment_id: paymentId, comment_id: id } },
        }),
      ),
    onMutate: async (id) => {
      await queries.cancelQueries({ queryKey: ["comments", paymentId] });
      const before = queries.getQueryData(commentsQuery(paymentId).queryKey);
      change(queries, paymentId, (items) => items.filter((item) => item.id !== id));
      count(queries, paymentId, -1);
      return before;
    },
    onError: (_, __, before) => {
      queries.setQueryData(commentsQuery(paymentId).queryKey, before);
      count(queries, paymentId, 1);
    },
  });
}

import {
  type InfiniteData,
  type QueryClient,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";
import type { Inbox } from "./get-inbox";

type ReadBody = components["schemas"]["ReadBody"];
type Pages = InfiniteData<Inbox, string | null>;

const inboxes = {
  queryKey: ["notifications"],
  predicate: ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey[1] !== "unread",
};

/** Shows notices as read or unread before the server has said so. */
function show(queries: QueryClient, { ids, before, is_read: isRead = true }: ReadBody): void {
  const named = new Set(ids ?? []);
  queries.setQueriesData<Pages>(inboxes, (found) =>
    found === undefined
      ? found
      : {
          ...found,
          pages: found.pages.map((page) => ({
            ...page,
            items: page.items.map((item) =>
              named.has(item.id) || (before && item.at <= before)
                ? { ...item, is_read: isRead }
                : item,
            ),
          })),
        },
  );
}

/** Marks notices as read, or takes that back. It shows at once, and rolls back if it fails. */
export function useMarkRead() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: ReadBody) => take(http.POST("/v1/notifications/read", { body })),
    onMutate: async (body) => {
      await queries.cancelQueries({ queryKey: ["notifications"] });
      const kept = queries.getQueriesData<Pages>(inboxes);
      show(queries, body);
      return kept;
    },
    onError: (_error, _body, kept) => {
      for (const [key, data] of kept ?? []) queries.setQueryData(key, data);
    },
    onSuccess: ({ unread_count: count }) =>
      queries.setQueryData(["notifications", "unread"], count),
  });
}

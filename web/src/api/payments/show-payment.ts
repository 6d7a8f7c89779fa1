import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";
import type { Payment } from "./get-payment";

type Audience = components["schemas"]["VisibilityRequest"]["visibility"];

/** My wish for who sees a payment. */
export interface Wish {
  visibility: Audience;
  show_amount: boolean;
}

/** Says who may see it; shown at once, and rolled back if it was refused. */
export function useShowPayment(id: string) {
  const queries = useQueryClient();
  const key = ["payment", id] as const;
  return useMutation({
    mutationKey: ["show", id],
    scope: { id: `show-${id}` },
    mutationFn: (wish: Wish) =>
      take(
        http.PUT("/v1/payments/{payment_id}/visibility", {
          params: { path: { payment_id: id } },
          body: wish,
        }),
      ),
    onMutate: async ({ visibility, show_amount }) => {
      await queries.cancelQueries({ queryKey: key });
      const before = queries.getQueryData<Payment>(key);
      queries.setQueryData<Payment>(
        key,
        (now) => now && { ...now, my_visibility: visibility, my_show_amount: show_amount },
      );
      return before;
    },
    onError: (_, __, before) => queries.setQueryData(key, before),
    onSuccess: (after) => {
      // A later wish is already on its way, and shown.
      if (queries.isMutating({ mutationKey: ["show", id] }) > 1) return;
      queries.setQueryData(key, after);
      for (const root of ["feed", "feed-item", "person"]) {
        void queries.invalidateQueries({ queryKey: [root] });
      }
    },
  });
}

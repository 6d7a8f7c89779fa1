import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";
import { type Preference, preferencesQuery } from "./get-preferences";

type Chosen = Pick<Preference, "topic" | "way" | "is_on">;

/** Chooses whether a topic may reach me this way; shown at once, taken back if it was refused. */
export function useChoosePreference() {
  const queries = useQueryClient();
  const show = ({ topic, way, is_on }: Chosen) =>
    queries.setQueryData(preferencesQuery.queryKey, (items) =>
      items?.map((item) => (item.topic === topic && item.way === way ? { ...item, is_on } : item)),
    );
  return useMutation({
    scope: { id: "preferences" },
    mutationFn: (chosen: Chosen) =>
      take(http.PUT("/v1/notifications/preferences", { body: { items: [chosen] } })),
    onMutate: async (chosen) => {
      await queries.cancelQueries(preferencesQuery);
      show(chosen);
    },
    onError: (_, chosen) => show({ ...chosen, is_on: !chosen.is_on }),
  });
}

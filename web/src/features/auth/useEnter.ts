import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type Me, meQuery } from "@/api/me/get-me";
import { useSession } from "@/lib/session";
import { tellTabs } from "@/lib/tabs";

/** Lets somebody in whom the API has let in. */
export function useEnter(): (me: Me, to: string) => void {
  const queries = useQueryClient();
  const router = useRouter();
  return (me, to) => {
    queries.setQueryData(meQuery.queryKey, me);
    useSession.getState().begin();
    tellTabs({ what: "in", id: me.id });
    router.history.replace(to);
  };
}

import { Link } from "@tanstack/react-router";
import { Users } from "lucide-react";
import type { ReactNode } from "react";
import { useBefriend } from "@/api/friends/befriend";
import { type Friend, type FriendState, useFriends } from "@/api/friends/get-friends";
import { useForgive } from "@/api/friends/part";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { ListEnd } from "@/ui/ListEnd";
import { PersonRow } from "@/ui/PersonRow";
import { SkeletonRows } from "@/ui/Skeleton";

function Acts({ tie, state }: { tie: Friend; state: FriendState }) {
  const t = useT();
  const befriend = useBefriend();
  const forgive = useForgive();
  const name = tie.user.display_name;
  const userId = tie.user.id;
  if (state === "accepted") return null;
  const error = befriend.error ?? forgive.error;
  return (
    <div className="flex flex-wrap gap-2 pb-3 ps-14">
      {state === "pending" && !tie.asked_by_me && (
        <Button
          isBusy={befriend.isPending}
          aria-label={t("people.acceptName", { name })}
          onClick={() => befriend.mutate({ userId, isWanted: true })}
        >
          {t("people.accept")}
        </Button>
      )}
      {state === "pending" && (
        <Button
          look="secondary"
          disabled={befriend.isPending}
          aria-label={t(tie.asked_by_me ? "people.takeBackName" : "people.declineName", { name })}
          onClick={() => befriend.mutate({ userId, isWanted: false })}
        >
          {t(tie.asked_by_me ? "people.takeBack" : "people.decline")}
        </Button>
      )}
      {(state === "blocked" || state === "muted") && (
        <Button
          look="secondary"
          isBusy={forgive.isPending}
          aria-label={t(state === "blocked" ? "people.unblockName" : "people.unmuteName", { name })}
          onClick={() => forgive.mutate({ userId, what: state === "blocked" ? "block" : "mute" })}
        >
          {t(state === "blocked" ? "people.unblock" : "people.unmute")}
        </Button>
      )}
      {error && <ErrorPanel error={error} />}
    </div>
  );
}

function said(tie: Friend, state: FriendState, t: ReturnType<typeof useT>): string | undefined {
  if (state === "pending") return t(tie.asked_by_me ? "people.youAsked" : "people.asksYou");
  if (state !== "accepted" || tie.user.mutual_friends === 0) return undefined;
  return t("person.mutual", { count: tie.user.mutual_friends });
}

/** People by what they are to me. */
export function Ties({ state, children }: { state: FriendState; children?: ReactNode }) {
  const t = useT();
  const found = useFriends(state);
  if (found.isPending) return <SkeletonRows label={t("ui.loading")} />;
  if (found.data === undefined) {
    return <ErrorPanel error={found.error} onRetry={() => void found.refetch()} />;
  }
  const ties = found.data.pages.flatMap((page) => page.items);
  if (ties.length === 0) {
    return (
      <EmptyState
        icon={<Users size={28} aria-hidden="true" />}
        title={t(`people.empty.${state}` as const)}
      >
        {children}
      </EmptyState>
    );
  }
  return (
    <>
      <Card>
        <ul className="divide-y divide-line">
          {ties.map((tie) => (
            <li key={tie.user.id} className="px-4">
              {state === "blocked" ? (
                <PersonRow person={tie.user} />
              ) : (
                <Link
                  to="/people/$handle"
                  params={{ handle: tie.user.handle }}
                  className="-mx-2 block rounded-card px-2 hover:bg-sunk"
                >
                  <PersonRow person={tie.user} detail={said(tie, state, t)} />
                </Link>
              )}
              <Acts tie={tie} state={state} />
            </li>
          ))}
        </ul>
      </Card>
      {found.hasNextPage && <ListEnd list={found} />}
    </>
  );
}

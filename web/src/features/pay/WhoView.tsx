import { UserSearch } from "lucide-react";
import { useMemo } from "react";
import { useFriends } from "@/api/friends/get-friends";
import { useMe } from "@/api/me/get-me";
import type { Payment } from "@/api/payments/get-payment";
import { useRecentPayments } from "@/api/payments/get-recent";
import { type Draft, isOpen } from "@/lib/draft";
import { happen, useDrafts } from "@/lib/drafts";
import { rich, useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { Notice } from "@/ui/Notice";
import { type Found, PersonSearch } from "@/ui/PersonSearch";
import type { View } from "./form";
import { useGo } from "./useDraft";

const RECENT = 5;

/** Whom I had to do with last, and how often I have paid them among my latest payments. */
function recentOf(payments: readonly Payment[], me: string): Found[] {
  const found = new Map<string, Found & { times_paid: number }>();
  for (const { payer, payee } of payments) {
    const isMine = payer.id === me;
    const other = isMine ? payee : payer;
    const known = found.get(other.id) ?? { ...other, times_paid: 0 };
    known.times_paid += isMine ? 1 : 0;
    found.set(other.id, known);
  }
  return [...found.values()].slice(0, RECENT);
}

interface Props {
  draft: Draft;
  go: (view: View) => void;
}

export function WhoView({ draft, go }: Props) {
  const t = useT();
  const { data: me } = useMe();
  const recent = useRecentPayments();
  const friends = useFriends("accepted");
  const groups = useMemo(() => {
    const near = recentOf(recent.data ?? [], me?.id ?? "");
    const isNear = new Set(near.map(({ id }) => id));
    const all = (friends.data?.pages ?? []).flatMap(({ items }) =>
      items.map(({ user: { is_friend: _, ...user } }) => user),
    );
    return [
      { title: t("pay.who.recent"), people: near },
      { title: t("pay.who.friends"), people: all.filter(({ id }) => !isNear.has(id)) },
    ];
  }, [recent.data, friends.data, me?.id, t]);
  const pick = (person: Found) => {
    const { id, handle, display_name, avatar_seed, member_since } = person;
    const card = { id, handle, display_name, avatar_seed, member_since: member_since ?? null };
    happen(draft.id, { type: "edit", form: { person: card } });
    go("what");
  };
  return (
    <>
      <Unfinished besides={draft.id} />
      <PersonSearch
        label={t("pay.who.search")}
        onPick={pick}
        groups={groups}
        isLoading={recent.isPending || friends.isPending}
        self={me?.id}
        empty={
          <EmptyState
            icon={<UserSearch size={28} aria-hidden="true" />}
            title={t("pay.who.empty.title")}
            text={t("pay.who.empty.text")}
          />
        }
      />
      {friends.hasNextPage && (
        <Button look="quiet" isWide onClick={() => void friends.fetchNextPage()}>
          {t("ui.more")}
        </Button>
      )}
    </>
  );
}

/** Payments of which it is not known yet what became: nobody should have to send them again. */
function Unfinished({ besides }: { besides: string }) {
  const all = useDrafts((s) => s.all);
  const open = Object.values(all).filter((draft) => isOpen(draft) && draft.id !== besides);
  return open.map((draft) => <Open key={draft.id} draft={draft} />);
}

function Open({ draft }: { draft: Draft }) {
  const t = useT();
  const go = useGo(draft.id);
  const name = <bdi>{draft.form.person?.display_name}</bdi>;
  return (
    <div className="mb-4">
      <Notice tone="warning">
        <p>{rich("pay.who.open", { name })}</p>
        <Button look="quiet" className="-ms-5" onClick={() => go("result")}>
          {t("pay.who.openLink")}
        </Button>
      </Notice>
    </div>
  );
}

import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { HandCoins, Send, Users } from "lucide-react";
import { useLike } from "@/api/feed/like";
import { useMe } from "@/api/me/get-me";
import { type Profile, usePerson } from "@/api/people/get-person";
import { useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { shortDate } from "@/lib/time";
import { Avatar } from "@/ui/Avatar";
import { buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { FeedCard } from "@/ui/FeedCard";
import { Page } from "@/ui/Page";
import { SkeletonRows } from "@/ui/Skeleton";
import { Befriending } from "./Befriending";
import { PersonMenu } from "./PersonMenu";

function Head({ person, isMe }: { person: Profile; isMe: boolean }) {
  const t = useT();
  const facts = [
    person.times_paid > 0 && t("person.paidTimes", { count: person.times_paid }),
    person.mutual_friends > 0 && !isMe && t("person.mutual", { count: person.mutual_friends }),
    t("people.since", { date: shortDate(person.member_since) }),
  ].filter(Boolean);
  return (
    <Card className="flex flex-col items-center gap-2 p-6 text-center">
      <Avatar seed={person.avatar_seed} name={person.display_name} size={80} />
      <h2 className="mt-1 text-lg font-semibold">
        <bdi>{person.display_name}</bdi>
      </h2>
      <p className="text-muted">
        <bdi dir="ltr">{`@${person.handle}`}</bdi>
      </p>
      <p className="text-sm text-muted">{facts.join(" · ")}</p>
      <div className="mt-3 flex flex-wrap justify-center gap-2">
        {isMe ? (
          <Link to="/settings/profile" className={buttonClass("secondary")}>
            {t("people.editMine")}
          </Link>
        ) : (
          <>
            <Link to="/pay" search={{ to: person.handle }} className={buttonClass()}>
              <Send size={20} aria-hidden="true" className="rtl:-scale-x-100" />
              {t("nav.pay")}
            </Link>
            <Link
              to="/pay"
              search={{ to: person.handle, kind: "request" }}
              className={buttonClass("secondary")}
            >
              <HandCoins size={20} aria-hidden="true" />
              {t("people.request")}
            </Link>
            <Befriending person={person} />
          </>
        )}
      </div>
    </Card>
  );
}

function Whole({ person, meId }: { person: Profile; meId: string | undefined }) {
  const t = useT();
  const like = useLike();
  return (
    <>
      <Head person={person} isMe={person.id === meId} />
      <h2 className="mt-6 mb-2 text-sm font-semibold text-muted">{t("people.shared")}</h2>
      {person.items.length === 0 ? (
        <EmptyState icon={<Users size={28} aria-hidden="true" />} title={t("people.noneShared")} />
      ) : (
        <ul className="flex flex-col gap-3">
          {person.items.map((item) => (
            <li key={item.id}>
              <FeedCard
                item={item}
                meId={meId}
                onLike={(isLiked) => like.mutate({ id: item.id, isLiked })}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Somebody: who they are, what they are to me, and what of theirs I may see. */
export function PersonPage() {
  const t = useT();
  const { handle } = useParams({ strict: false }) as { handle: string };
  const navigate = useNavigate();
  const { data: me } = useMe();
  const found = usePerson(handle);
  const isGone = isProblem(found.error, "NOT_FOUND", "RECIPIENT_NOT_FOUND");
  const isOther =
    !isGone && found.data !== undefined && me !== undefined && found.data.id !== me.id;
  return (
    <Page
      title={t("people.one")}
      back="/people"
      end={
        isOther && (
          <PersonMenu person={found.data} onGone={() => void navigate({ to: "/people" })} />
        )
      }
    >
      {found.isPending && <SkeletonRows label={t("ui.loading")} />}
      {isGone && (
        <EmptyState icon={<Users size={28} aria-hidden="true" />} title={t("people.notThere")} />
      )}
      {found.isLoadingError && !isGone && (
        <ErrorPanel error={found.error} onRetry={() => void found.refetch()} />
      )}
      {found.data && !isGone && <Whole person={found.data} meId={me?.id} />}
    </Page>
  );
}

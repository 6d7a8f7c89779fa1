import { Link } from "@tanstack/react-router";
import { HandCoins, Landmark, Scale, ShieldCheck, Wallet } from "lucide-react";
import type { Notice } from "@/api/notifications/get-inbox";
import { cx } from "@/lib/cx";
import { rich, useT } from "@/lib/i18n";
import { fullTime, relative } from "@/lib/time";
import { Avatar } from "@/ui/Avatar";
import { MoneyText } from "@/ui/MoneyText";
import { FriendAsk } from "./FriendAsk";
import { detailOf, pathOf, sentenceOf } from "./words";

function Sign({ notice }: { notice: Notice }) {
  if (notice.actor !== null) {
    return <Avatar seed={notice.actor.avatar_seed} name={notice.actor.display_name} />;
  }
  const Icon =
    notice.tab === "security"
      ? ShieldCheck
      : notice.dispute_id !== null
        ? Scale
        : notice.source_id !== null
          ? Landmark
          : notice.request_id !== null
            ? HandCoins
            : Wallet;
  return (
    <span className="flex size-11 shrink-0 items-center justify-center rounded-full bg-tint text-primary">
      <Icon size={20} aria-hidden="true" />
    </span>
  );
}

/** One thing I was told: it leads where it happened, and counts as read from then on. */
export function NoticeRow({ notice, onRead }: { notice: Notice; onRead: (id: string) => void }) {
  const t = useT();
  const detail = detailOf(notice);
  const isUnread = !notice.is_read;
  const words = rich(
    sentenceOf(notice),
    {
      name: (
        <bdi className="font-semibold">
          {notice.actor?.display_name ?? t("notifications.someone")}
        </bdi>
      ),
      amount: (
        <MoneyText
          minor={notice.amount ?? 0}
          currency={notice.currency ?? "USD"}
          className="font-semibold"
        />
      ),
    },
    { count: notice.count - 1 },
  );
  return (
    <li className={cx("relative px-4 py-3 hover:bg-sunk", isUnread && "bg-tint/60")}>
      <Link
        to={pathOf(notice)}
        onClick={() => isUnread && onRead(notice.id)}
        className="flex min-h-11 items-start gap-3 after:absolute after:inset-0 after:rounded-card"
      >
        <Sign notice={notice} />
        <span className="min-w-0 flex-1">
          {isUnread && <span className="sr-only">{t("notifications.unread")} </span>}
          <span className="block">{words}</span>
          {detail && <span className="block text-sm text-muted">{t(detail)}</span>}
          <time
            dateTime={notice.at}
            title={fullTime(notice.at)}
            className="block text-sm text-muted"
          >
            {relative(notice.at)}
          </time>
        </span>
        {isUnread && (
          <span aria-hidden="true" className="mt-2 size-2.5 shrink-0 rounded-full bg-primary" />
        )}
      </Link>
      {notice.kind === "friend_asked" && notice.actor !== null && (
        <FriendAsk userId={notice.actor.id} name={notice.actor.display_name} />
      )}
    </li>
  );
}

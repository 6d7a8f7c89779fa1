import { Link } from "@tanstack/react-router";
import { Heart, MessageCircle } from "lucide-react";
import type { ReactNode } from "react";
import type { FeedItem } from "@/api/feed/get-feed";
import { cx } from "@/lib/cx";
import { rich, useT } from "@/lib/i18n";
import { fullTime, relative } from "@/lib/time";
import { AudienceIcon } from "./AudiencePicker";
import { Avatar } from "./Avatar";
import { MoneyText } from "./MoneyText";

type Party = FeedItem["payer"];

function Name({ party }: { party: Party }) {
  return (
    <Link
      to="/people/$handle"
      params={{ handle: party.handle }}
      className="font-semibold hover:underline"
    >
      <bdi>{party.display_name}</bdi>
    </Link>
  );
}

interface WordsProps {
  item: Pick<FeedItem, "kind" | "payer" | "payee">;
  meId: string | undefined;
}

/** "Ana paid Ben", "Ben charged you": who did what, as the viewer would say it. */
export function FeedWords({ item, meId }: WordsProps) {
  useT();
  const isPayer = item.payer.id === meId;
  const isPayee = item.payee.id === meId;
  const who = isPayer ? "payer" : isPayee ? "payee" : "others";
  const names = {
    ...(isPayer ? {} : { payer: <Name party={item.payer} /> }),
    ...(isPayee ? {} : { payee: <Name party={item.payee} /> }),
  };
  return rich(`feed.${item.kind}.${who}` as const, names);
}

interface Props {
  item: FeedItem;
  /** The viewer, who is called "you". */
  meId: string | undefined;
  onLike: (isLiked: boolean) => void;
  /** What else can be done, at the end of the card. */
  menu?: ReactNode;
}

const act =
  "inline-flex min-h-11 min-w-11 items-center gap-1.5 rounded-full px-2.5 text-sm text-muted hover:bg-sunk hover:text-text";

/** A payment as a feed shows it. */
export function FeedCard({ item, meId, onLike, menu }: Props) {
  const t = useT();
  const sign = item.direction === "out" ? -1 : 1;
  return (
    <article
      data-testid={`feed-item-${item.id}`}
      className="flex gap-3 rounded-card border border-line bg-card px-4 pt-3.5 pb-1.5"
    >
      <span className="flex shrink-0 flex-col pt-0.5">
        <Avatar seed={item.payer.avatar_seed} name={item.payer.display_name} size={36} />
        <Avatar
          seed={item.payee.avatar_seed}
          name={item.payee.display_name}
          size={28}
          className="-mt-2.5 ms-4 ring-2 ring-card"
        />
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex items-start gap-3">
          <p className="min-w-0 flex-1">
            <FeedWords item={item} meId={meId} />
          </p>
          {item.amount !== null && (
            <MoneyText
              minor={item.direction === null ? item.amount : sign * item.amount}
              currency={item.currency}
              isSigned={item.direction !== null}
              className={cx("font-semibold", item.direction === null && "text-muted")}
            />
          )}
        </div>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-1.5 text-sm text-muted">
          <Link
            to="/activity/$id"
            params={{ id: item.id }}
            title={fullTime(item.completed_at)}
            className="hover:underline"
          >
            <time dateTime={item.completed_at}>{relative(item.completed_at)}</time>
          </Link>
          <span aria-hidden="true">{"·"}</span>
          <span className="inline-flex items-center gap-1">
            <AudienceIcon audience={item.visibility} size={14} />
            {t(`audience.${item.visibility}` as const)}
          </span>
        </p>
        {item.note !== "" && <p className="mt-1.5 whitespace-pre-line">{item.note}</p>}
        <div className="-ms-2.5 mt-0.5 flex items-center">
          <button
            type="button"
            aria-pressed={item.liked_by_me}
            aria-label={t("feed.like", { count: item.like_count })}
            onClick={() => onLike(!item.liked_by_me)}
            className={cx(act, "tabular", item.liked_by_me && "!text-primary")}
          >
            <Heart
              key={String(item.liked_by_me)}
              size={20}
              aria-hidden="true"
              fill={item.liked_by_me ? "currentColor" : "none"}
              className={item.liked_by_me ? "pop" : undefined}
            />
            {item.like_count > 0 && <span>{item.like_count}</span>}
          </button>
          <Link
            to="/activity/$id"
            params={{ id: item.id }}
            hash="comments"
            aria-label={t("feed.comments", { count: item.comment_count })}
            className={cx(act, "tabular")}
          >
            <MessageCircle size={20} aria-hidden="true" />
            {item.comment_count > 0 && <span>{item.comment_count}</span>}
          </Link>
          <span className="flex-1" />
          {menu}
        </div>
      </div>
    </article>
  );
}

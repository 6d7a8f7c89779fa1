import type { ReactNode } from "react";
import type { FeedItem } from "@/api/feed/get-feed";
import { useT } from "@/lib/i18n";
import { fullTime } from "@/lib/time";
import { type Audience, AudienceIcon } from "@/ui/AudiencePicker";
import { Avatar } from "@/ui/Avatar";

type Party = FeedItem["payer"];

interface Props {
  payer: Party;
  payee: Party;
  /** Who did what: "Ana paid Ben". */
  words: ReactNode;
  amount?: ReactNode;
  badge?: ReactNode;
  note: string;
  at: string;
  audience: Audience;
}

/** The two people, what passed between them, when, and who sees it. */
export function Head({ payer, payee, words, amount, badge, note, at, audience }: Props) {
  const t = useT();
  return (
    <div className="flex flex-col items-center gap-2 pt-1 text-center">
      <span className="flex">
        <Avatar seed={payer.avatar_seed} name={payer.display_name} size={56} />
        <Avatar
          seed={payee.avatar_seed}
          name={payee.display_name}
          size={56}
          className="-ms-3 ring-2 ring-bg"
        />
      </span>
      <h2 className="mt-1 max-w-full text-lg font-semibold">{words}</h2>
      {amount}
      {note !== "" && <p className="max-w-full whitespace-pre-line">{note}</p>}
      {badge}
      <p className="flex flex-wrap items-center justify-center gap-x-1.5 text-sm text-muted">
        <time dateTime={at}>{fullTime(at)}</time>
        <span aria-hidden="true">{"·"}</span>
        <span className="inline-flex items-center gap-1">
          <AudienceIcon audience={audience} size={14} />
          {t(`audience.${audience}` as const)}
        </span>
      </p>
    </div>
  );
}

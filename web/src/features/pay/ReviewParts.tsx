import { type ReactNode, useEffect, useRef } from "react";
import { useMe } from "@/api/me/get-me";
import { usePerson } from "@/api/people/get-person";
import type { Draft } from "@/lib/draft";
import { rich, useT } from "@/lib/i18n";
import { relative } from "@/lib/time";
import { type Audience, AudienceIcon } from "@/ui/AudiencePicker";
import { Avatar } from "@/ui/Avatar";
import { MoneyText } from "@/ui/MoneyText";
import { minorOf } from "./form";

const NEW_MS = 30 * 24 * 3600_000;

/** How long somebody is here, where that is not long. */
function useAge(draft: Draft): string | undefined {
  const t = useT();
  const { person } = draft.form;
  const known = person?.member_since ?? undefined;
  const { data } = usePerson(known === undefined ? person?.handle : undefined);
  const since = known ?? data?.member_since;
  if (since === undefined || Date.now() - Date.parse(since) > NEW_MS) return undefined;
  return t("pay.review.newHere", { when: relative(`${since}T00:00:00Z`) });
}

/** Who and how much, as the heading of a review. It takes the focus, so that no key pays by itself. */
export function ReviewHead({ draft, label }: { draft: Draft; label: string }) {
  const age = useAge(draft);
  const head = useRef<HTMLDivElement>(null);
  useEffect(() => head.current?.focus(), []);
  const { person, note } = draft.form;
  if (person === undefined) return null;
  return (
    <div
      ref={head}
      tabIndex={-1}
      className="flex flex-col items-center gap-1 text-center outline-none"
    >
      <Avatar seed={person.avatar_seed} name={person.display_name} size={56} />
      <p className="mt-1 text-sm text-muted">{label}</p>
      <p className="max-w-full">
        <bdi className="font-semibold">{person.display_name}</bdi>{" "}
        <bdi dir="ltr" className="text-sm text-muted">{`@${person.handle}`}</bdi>
      </p>
      {age !== undefined && <p className="text-sm font-semibold text-warning">{age}</p>}
      <MoneyText
        minor={minorOf(draft.form) ?? 0}
        className="text-2xl font-semibold tracking-tight sm:text-3xl"
      />
      <p className="max-w-full">
        <bdi>{note}</bdi>
      </p>
    </div>
  );
}

/** Who will see it, and what of it. */
export function Seen({ audience, name }: { audience: Audience; name: string }) {
  const t = useT();
  const { data: me } = useMe();
  const isShown = me?.show_amount === true && audience !== "private";
  const who: ReactNode = rich(`pay.seen.${audience}`, { name: <bdi>{name}</bdi> });
  return (
    <div className="grid grid-cols-[1fr_auto] gap-x-3 gap-y-0.5">
      <dt className="text-muted">{t("pay.what.audience")}</dt>
      <dd className="inline-flex items-center gap-1.5">
        <AudienceIcon audience={audience} />
        {t(`audience.${audience}`)}
      </dd>
      <dd className="col-span-2 text-muted">
        {who} {audience !== "private" && t(isShown ? "pay.seen.amount" : "pay.seen.noAmount")}
      </dd>
    </div>
  );
}

/** The act of a review: always in sight on a phone, above the bar of the app. */
export function Act({ children }: { children: ReactNode }) {
  return (
    <div className="sticky bottom-[calc(64px+env(safe-area-inset-bottom))] z-10 -mx-4 bg-bg px-4 py-3 md:mx-0 md:px-0 lg:bottom-0 [@media(max-height:700px)]:static">
      {children}
    </div>
  );
}

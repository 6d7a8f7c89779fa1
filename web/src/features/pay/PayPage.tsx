import { useEffect, useMemo } from "react";
import { useMe } from "@/api/me/get-me";
import { usePerson } from "@/api/people/get-person";
import { useRequest } from "@/api/requests/get-request";
import { amountText, parseAmount } from "@/lib/amount";
import type { Draft, Form } from "@/lib/draft";
import { happen } from "@/lib/drafts";
import { locale, useT } from "@/lib/i18n";
import type { MessageId } from "@/locales/ids";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Page } from "@/ui/Page";
import { SkeletonRows } from "@/ui/Skeleton";
import { AskReview } from "./AskReview";
import { type View, viewOf } from "./form";
import { ResultView } from "./ResultView";
import { ReviewView } from "./ReviewView";
import { useGo, useNamedDraft, usePaySearch, usePursuit } from "./useDraft";
import { WhatView } from "./WhatView";
import { WhoView } from "./WhoView";

/** What the address says of a draft that is begun: amounts may come as cents (`1500c`) or typed. */
function useFirst(): Partial<Form> {
  const { amount, note, request } = usePaySearch();
  return useMemo(
    () => ({
      ...(amount !== undefined && parseAmount(amount, "en").minor !== undefined
        ? { amount: amountText(parseAmount(amount, "en").minor ?? 0, locale()) }
        : {}),
      ...(note === undefined ? {} : { note }),
      ...(request === undefined ? {} : { requestId: request }),
    }),
    [amount, note, request],
  );
}

/** Fills in whom the address or the request names, once that is known. */
function usePersonOfAddress(draft: Draft | undefined): unknown {
  const { to } = usePaySearch();
  const { data: me } = useMe();
  const isOpenToFill = draft !== undefined && draft.form.person === undefined;
  const wanted = isOpenToFill && to !== me?.handle ? to : undefined;
  const person = usePerson(wanted);
  const asked = useRequest(isOpenToFill ? draft.form.requestId : undefined);
  const id = draft?.id;
  useEffect(() => {
    if (id === undefined || !isOpenToFill) return;
    if (asked.data) {
      const { requester, amount, note } = asked.data;
      const form = { person: requester, amount: amountText(amount, locale()), note };
      happen(id, { type: "edit", form });
    } else if (person.data && wanted !== undefined) {
      const { handle, display_name, avatar_seed, member_since } = person.data;
      const card = { id: person.data.id, handle, display_name, avatar_seed, member_since };
      happen(id, { type: "edit", form: { person: card } });
    }
  }, [id, isOpenToFill, wanted, asked.data, person.data]);
  return asked.error ?? person.error;
}

function titleOf(view: View, isAsk: boolean): MessageId {
  if (view === "who" || view === "what") return `pay.${view}.title`;
  if (view === "review") return isAsk ? "pay.ask.title" : "pay.review.title";
  return isAsk ? "pay.result.ask" : "pay.result.pay";
}

/** Paying and asking, in four views of one draft. */
export function PayPage() {
  const t = useT();
  const search = usePaySearch();
  const draft = useNamedDraft(useFirst());
  const error = usePersonOfAddress(draft);
  const send = usePursuit(draft);
  const go = useGo(search.d ?? "");
  if (draft === undefined) return <Waiting />;
  const isNamed = search.to !== undefined || draft.form.requestId !== undefined;
  if (isNamed && draft.form.person === undefined && error === null) {
    const isSelf = draft.form.requestId === undefined && !search.to;
    if (!isSelf && search.view === undefined) return <Waiting />;
  }
  const view = viewOf(draft, search.view);
  const isAsk = draft.kind === "request";
  const back = view === "result" ? {} : { back: "/" };
  return (
    <Page title={t(titleOf(view, isAsk))} {...back}>
      {view === "who" && error !== null && (
        <div className="mb-4">
          <ErrorPanel error={error} />
        </div>
      )}
      {view === "who" && <WhoView draft={draft} go={go} />}
      {view === "what" && <WhatView key={draft.form.person?.id} draft={draft} go={go} />}
      {view === "review" && !isAsk && <ReviewView draft={draft} go={go} onSend={send} />}
      {view === "review" && isAsk && <AskReview draft={draft} go={go} onSend={send} />}
      {view === "result" && <ResultView draft={draft} go={go} />}
    </Page>
  );
}

function Waiting() {
  const t = useT();
  return (
    <Page title={t("pay.who.title")} back="/">
      <SkeletonRows label={t("ui.loading")} />
    </Page>
  );
}

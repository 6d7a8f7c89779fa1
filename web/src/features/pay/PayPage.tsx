import { Link } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { useMe } from "@/api/me/get-me";
import { usePerson } from "@/api/people/get-person";
import { type MoneyRequest, useRequest } from "@/api/requests/get-request";
import { amountText, parseAmount } from "@/lib/amount";
import type { Draft, Form } from "@/lib/draft";
import { happen } from "@/lib/drafts";
import { locale, useT } from "@/lib/i18n";
import { Problem } from "@/lib/problem";
import type { MessageId } from "@/locales/ids";
import { buttonClass } from "@/ui/Button";
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

/** Why a request cannot be paid from here, if it cannot. */
function closed(request: MoneyRequest | undefined): Problem | undefined {
  if (request === undefined || request.can.pay) return undefined;
  return new Problem({ code: request.is_being_paid ? "STATE_CONFLICT" : "REQUEST_CLOSED" }, 409);
}

/** Fills in whom the address or the request names, once that is known. */
function useNamedPerson(draft: Draft | undefined): { error: unknown; isWaiting: boolean } {
  const { to } = usePaySearch();
  const { data: me } = useMe();
  const isEmpty = draft !== undefined && draft.form.person === undefined;
  const requestId = isEmpty ? draft.form.requestId : undefined;
  const isSelf = isEmpty && to !== undefined && to === me?.handle;
  const wanted = isEmpty && !isSelf && requestId === undefined ? to : undefined;
  const person = usePerson(wanted);
  const asked = useRequest(requestId);
  const id = draft?.id;
  const why = closed(requestId === undefined ? undefined : asked.data);
  useEffect(() => {
    if (id === undefined) return;
    if (requestId !== undefined && asked.data?.can.pay) {
      const { requester, amount, note } = asked.data;
      const form = { person: requester, amount: amountText(amount, locale()), note };
      happen(id, { type: "edit", form });
    } else if (wanted !== undefined && person.data) {
      const { handle, display_name, avatar_seed, member_since } = person.data;
      const card = { id: person.data.id, handle, display_name, avatar_seed, member_since };
      happen(id, { type: "edit", form: { person: card } });
    }
  }, [id, requestId, wanted, asked.data, person.data]);
  const self = isSelf ? new Problem({ code: "INVALID_RECIPIENT" }, 400) : undefined;
  const error = self ?? why ?? asked.error ?? person.error ?? undefined;
  const isNamed = wanted !== undefined || requestId !== undefined;
  return { error, isWaiting: isNamed && error === undefined };
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
  const { error, isWaiting } = useNamedPerson(draft);
  const send = usePursuit(draft);
  const go = useGo(search.d ?? "");
  if (draft === undefined || isWaiting) return <Waiting />;
  const view = viewOf(draft, search.view);
  const isAsk = draft.kind === "request";
  const back = view === "result" ? {} : { back: "/" };
  return (
    <Page title={t(titleOf(view, isAsk))} {...back}>
      {view === "who" && error !== undefined && (
        <div className="mb-4">
          <ErrorPanel error={error}>
            {draft.form.requestId !== undefined && (
              <Link to="/requests" className={buttonClass("secondary")}>
                {t("pay.way.requests")}
              </Link>
            )}
          </ErrorPanel>
        </div>
      )}
      {view === "who" && draft.form.requestId === undefined && <WhoView draft={draft} go={go} />}
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

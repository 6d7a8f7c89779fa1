import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type Quote, type QuoteBody, quoteQuery } from "@/api/payments/quote-payment";
import { type Draft, isSame } from "@/lib/draft";
import { happen } from "@/lib/drafts";
import { rich, useT } from "@/lib/i18n";
import { newKey } from "@/lib/keys";
import { moneyWords } from "@/lib/money";
import { shortDate } from "@/lib/time";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { FundingLines } from "@/ui/FundingLines";
import { Notice } from "@/ui/Notice";
import { Skeleton } from "@/ui/Skeleton";
import { bodyOf, minorOf, type View } from "./form";
import { Refusal } from "./Refusal";
import { Act, ReviewHead, Seen } from "./ReviewParts";
import { SourceChooser } from "./SourceChooser";

interface Props {
  draft: Draft;
  go: (view: View, isInstead?: boolean) => void;
  onSend: () => void;
}

const REST_MS = 1_000;

/**
 * Whether a new quote of the same has brought another plan than the one that was looked at; for a
 * moment from then on nothing is taken for a consent to it.
 */
function useSwap(asked: string, quote: Quote | undefined) {
  const plan = quote && JSON.stringify([quote.total, quote.fee, quote.lines]);
  const [seen, see] = useState({ asked, plan, isSwapped: false });
  const [rested, rest] = useState(seen);
  if (asked !== seen.asked) see({ asked, plan, isSwapped: false });
  else if (plan !== undefined && plan !== seen.plan) {
    see({ asked, plan, isSwapped: seen.plan !== undefined });
  }
  useEffect(() => {
    const timer = setTimeout(() => rest(seen), REST_MS);
    return () => clearTimeout(timer);
  }, [seen]);
  return { isSwapped: seen.isSwapped, isResting: seen.isSwapped && rested !== seen };
}

/** Seals what is shown under a key, and keeps a quote of it while nothing was sent. */
function useSealed(draft: Draft) {
  const { id, step, form, seal } = draft;
  const body = bodyOf(draft);
  const isSealed = step === "REVIEWED" && seal !== undefined && isSame(seal.body, body);
  useEffect(() => {
    if (!isSealed) happen(id, { type: "review", body, newKey: newKey() });
  });
  const asked: QuoteBody = {
    payee_id: form.person?.id ?? "",
    amount: minorOf(form) ?? 0,
    currency: "USD",
    note: "",
    ...(form.audience === undefined ? {} : { visibility: form.audience }),
    ...(form.source === undefined ? {} : { funding_source_id: form.source }),
  };
  const quote = useQuery(quoteQuery(asked, isSealed));
  const shown = quote.error === null ? quote.data : undefined;
  useEffect(() => {
    if (!isSealed || shown === undefined || seal.token === shown.quote_token) return;
    const { quote_token: token, expires_at: until } = shown;
    happen(id, { type: "quoted", body: seal.body, token, until });
  }, [id, isSealed, seal, shown]);
  const { isSwapped, isResting } = useSwap(JSON.stringify(asked), shown);
  const isReady = shown !== undefined && isSealed && seal.token === shown.quote_token && !isResting;
  return { quote, shown, isSwapped, isReady };
}

/** All that is about to happen, to the cent; and the one button that makes it happen. */
export function ReviewView({ draft, go, onSend }: Props) {
  const t = useT();
  const { quote, shown, isSwapped, isReady } = useSealed(draft);
  const back = useRef<HTMLButtonElement>(null);
  const isSimilar = shown?.warnings.includes("SIMILAR_RECENT") ?? false;
  useEffect(() => {
    if (isSimilar) back.current?.focus();
  }, [isSimilar]);
  const { person } = draft.form;
  if (person === undefined) return null;
  const amount = moneyWords(minorOf(draft.form) ?? 0);
  const values = { name: person.display_name, amount };
  const send = () => {
    onSend();
    go("result", true);
  };
  const leave = () => (draft.form.requestId === undefined ? go("what", true) : history.back());
  return (
    <div className="flex flex-col gap-4">
      <ReviewHead draft={draft} label={t("pay.review.to")} />
      {isSimilar && (
        <div role="alert">
          <Notice tone="warning" title={t("pay.review.similarTitle")}>
            {t("pay.review.similar", values)}
          </Notice>
        </div>
      )}
      {shown && isSwapped && (
        <div role="alert">
          <Notice tone="warning">
            {t("pay.review.changed", { total: moneyWords(shown.total) })}
          </Notice>
        </div>
      )}
      {quote.error ? (
        <Refusal error={quote.error} draft={draft} go={go} onRetry={() => void quote.refetch()} />
      ) : (
        <Card className="flex flex-col gap-4 p-4">
          {shown ? <Details quote={shown} name={person.display_name} /> : <Lines />}
        </Card>
      )}
      <SourceChooser draft={draft} />
      {shown?.warnings.includes("NEW_PAYEE") && !isSimilar && (
        <Notice tone="warning">
          {rich("pay.review.newPayee", {
            name: <bdi>{person.display_name}</bdi>,
            handle: <bdi dir="ltr">{`@${person.handle}`}</bdi>,
          })}
        </Notice>
      )}
      {!quote.error && (
        <Act>
          {isSimilar && (
            <Button ref={back} isWide className="mb-3" onClick={leave}>
              {t("ui.back")}
            </Button>
          )}
          <Button
            isWide
            look={isSimilar ? "secondary" : "primary"}
            isResting={!isReady}
            data-testid="pay-submit"
            onClick={send}
          >
            {t(isSimilar ? "pay.review.another" : "pay.review.pay", values)}
          </Button>
        </Act>
      )}
    </div>
  );
}

function Details({ quote, name }: { quote: Quote; name: string }) {
  const t = useT();
  const lands =
    quote.lands === "later" && quote.lands_on !== null
      ? t("pay.lands.on", { date: shortDate(quote.lands_on) })
      : t(`pay.lands.${quote.lands}`);
  return (
    <>
      <FundingLines lines={quote.lines} fee={quote.fee} total={quote.total} />
      <dl className="flex flex-col gap-3 border-t border-line pt-4 text-sm">
        <div className="flex gap-3">
          <dt className="flex-1 text-muted">{t("pay.review.lands")}</dt>
          <dd className="text-end">{lands}</dd>
        </div>
        <Seen audience={quote.audience} name={name} />
      </dl>
    </>
  );
}

/** The room of the lines, until they are there. */
function Lines() {
  const t = useT();
  return (
    <div role="status" aria-label={t("ui.loading")} className="flex flex-col gap-3 py-1">
      <Skeleton className="h-5 w-full" />
      <Skeleton className="h-5 w-2/3" />
      <Skeleton className="h-6 w-full" />
      <Skeleton className="h-5 w-1/2" />
    </div>
  );
}

import { Link, useParams, useSearch } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import { useBalance } from "@/api/balance/get-balance";
import { useSource } from "@/api/sources/get-source";
import type { Source } from "@/api/sources/get-sources";
import { useTransfer } from "@/api/transfers/get-transfer";
import type { Transfer } from "@/api/transfers/get-transfers";
import { useT } from "@/lib/i18n";
import { formatMoney, moneyWords } from "@/lib/money";
import { fullTime, shortDate } from "@/lib/time";
import { buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { MoneyText } from "@/ui/MoneyText";
import { Notice } from "@/ui/Notice";
import { Page } from "@/ui/Page";
import { Skeleton } from "@/ui/Skeleton";
import { StateBadge } from "@/ui/StateBadge";
import { CancelTransfer } from "./CancelTransfer";
import { Facts } from "./Facts";
import { Timeline } from "./Timeline";
import { phaseOf, phaseTones, reasonOf } from "./words";

/** What an end that is no success means, and what to do. */
function Ended({ transfer }: { transfer: Transfer }) {
  const t = useT();
  const { data: balance } = useBalance();
  const phase = phaseOf(transfer.state);
  const owed = balance?.owed ?? 0;
  if (phase !== "returned" && phase !== "failed") return null;
  return (
    <Notice tone="bad" title={t(`wallet.ended.${phase}`)}>
      <p>{t(reasonOf(transfer))}</p>
      <p className="mt-2">{t(`wallet.ended.${phase}.${transfer.kind}`)}</p>
      {transfer.kind === "deposit" && phase === "returned" && owed > 0 && (
        <>
          <p className="mt-2 font-semibold">
            {t("wallet.owed.title", { amount: moneyWords(owed) })}
          </p>
          <p>{t("wallet.owed.text")}</p>
          <Link to="/wallet/deposit" className={`${buttonClass("secondary")} mt-3`}>
            {t("wallet.owed.add")}
          </Link>
        </>
      )}
    </Notice>
  );
}

function facts(transfer: Transfer, source: Source | undefined, t: ReturnType<typeof useT>) {
  const isOut = transfer.kind === "withdrawal";
  return [
    {
      term: t(isOut ? "wallet.move.to" : "wallet.move.from"),
      text: source?.label ?? t("wallet.someBank"),
    },
    { term: t("wallet.amount"), text: formatMoney(transfer.amount) },
    {
      term: t("wallet.fee"),
      text: transfer.fee === 0 ? t("wallet.fee.none") : formatMoney(-transfer.fee),
    },
    ...(isOut
      ? [
          { term: t("wallet.get"), text: formatMoney(transfer.net) },
          { term: t("wallet.speed"), text: t(`wallet.speed.${transfer.type}`) },
        ]
      : []),
    { term: t("wallet.begun"), text: fullTime(transfer.created_at) },
    { term: t("wallet.reference"), text: transfer.id },
  ];
}

function Course({ transfer, isSent }: { transfer: Transfer; isSent: boolean }) {
  const t = useT();
  const { data: source } = useSource(transfer.funding_source_id);
  const phase = phaseOf(transfer.state);
  const isOut = transfer.kind === "withdrawal";
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-col items-center gap-2 pt-2 text-center">
        {isSent && (phase === "started" || phase === "moving" || phase === "done") && (
          <div role="status" className="flex flex-col items-center gap-2">
            <CircleCheck size={44} aria-hidden="true" className="pop text-money-in" />
            <p className="font-semibold">{t(`wallet.sent.${transfer.kind}`)}</p>
          </div>
        )}
        <p data-testid="transfer-amount" className="text-2xl font-semibold sm:text-3xl">
          <MoneyText minor={isOut ? transfer.net : transfer.amount} currency={transfer.currency} />
        </p>
        <StateBadge label={`wallet.phase.${phase}`} tone={phaseTones[phase]} />
        {transfer.not_before !== null ? (
          <p className="text-sm text-muted">
            {t("wallet.move.later", { date: shortDate(transfer.not_before) })}
          </p>
        ) : (
          transfer.expected_on !== null &&
          (phase === "started" || phase === "moving") && (
            <p className="text-sm text-muted">
              {transfer.type === "instant"
                ? t("wallet.arrives.minutes")
                : t("wallet.move.arrives", { date: shortDate(transfer.expected_on) })}
            </p>
          )
        )}
      </div>
      {transfer.action_url && (
        <a href={transfer.action_url} className={buttonClass("primary", true)}>
          {t("wallet.action")}
        </a>
      )}
      <Ended transfer={transfer} />
      <Card className="p-4">
        <h2 className="mb-3 font-semibold">{t("wallet.course")}</h2>
        <Timeline transfer={transfer} />
      </Card>
      <Card>
        <Facts facts={facts(transfer, source, t)} />
      </Card>
      {isSent && (
        <Link to="/wallet" replace className={buttonClass("primary", true)}>
          {t("ui.done")}
        </Link>
      )}
      {transfer.may_cancel && <CancelTransfer transfer={transfer} />}
    </div>
  );
}

/** A deposit or a withdrawal, and its course. */
export function TransferPage() {
  const t = useT();
  const { id = "" } = useParams({ strict: false });
  const search: Record<string, string | undefined> = useSearch({ strict: false });
  const { data: transfer, error, refetch } = useTransfer(id);
  const title = transfer ? t(`wallet.move.${transfer.kind}`) : t("wallet.transfer");
  return (
    <Page title={title} back="/wallet">
      {error && !transfer && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {!transfer && !error && <Skeleton className="h-96" />}
      {transfer && <Course transfer={transfer} isSent={search.sent === "1"} />}
    </Page>
  );
}

import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleX } from "lucide-react";
import { useFinishVisit } from "@/api/sources/finish-visit";
import type { Source } from "@/api/sources/get-sources";
import { useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Page } from "@/ui/Page";
import { Spinner } from "@/ui/Spinner";
import { StateBadge } from "@/ui/StateBadge";
import { SourceIcon } from "./SourceIcon";
import { SourceName } from "./SourceName";
import { visited } from "./visit";
import { sourceState } from "./words";

/** What was linked, and what each of it still needs. */
function Linked({ sources }: { sources: readonly Source[] }) {
  const t = useT();
  const needs = sources.find((source) => source.needs !== null)?.needs;
  return (
    <div role="status">
      <div className="flex flex-col items-center gap-2 py-6 text-center">
        <CircleCheck size={44} aria-hidden="true" className="pop text-money-in" />
        <p className="text-lg font-semibold">{t("wallet.linked", { count: sources.length })}</p>
        {needs && <p className="max-w-96 text-sm text-muted">{t(`wallet.needs.${needs}`)}</p>}
      </div>
      <Card>
        <ul className="divide-y divide-line">
          {sources.map((source) => (
            <li key={source.id} className="flex min-h-16 items-center gap-3 px-4 py-2.5">
              <SourceIcon source={source} />
              <SourceName source={source} />
              <StateBadge {...sourceState(source)} />
            </li>
          ))}
        </ul>
      </Card>
      <div className="mt-6 flex flex-col gap-3">
        <Link to="/wallet" replace className={buttonClass("primary", true)}>
          {t("ui.done")}
        </Link>
        <Link to="/wallet/add" replace className={buttonClass("quiet", true)}>
          {t("wallet.add.another")}
        </Link>
      </div>
    </div>
  );
}

/** The page gave nothing: it was left, or stood open for too long. */
function Nothing({ isLate }: { isLate: boolean }) {
  const t = useT();
  return (
    <EmptyState
      icon={<CircleX size={28} aria-hidden="true" />}
      title={t(isLate ? "wallet.visit.late" : "wallet.visit.left")}
      text={t("wallet.visit.nothing")}
    >
      <Link to="/wallet/add" replace className={buttonClass()}>
        {t("wallet.visit.again")}
      </Link>
      <Link to="/wallet" replace className={buttonClass("quiet")}>
        {t("wallet.visit.back")}
      </Link>
    </EmptyState>
  );
}

/** Back from the page of a bank or of the card processor. */
export function VisitResult({ kind }: { kind: string }) {
  const t = useT();
  const opened = visited(kind);
  const { data, error, refetch, isFetching } = useFinishVisit(opened);
  const isOver = isProblem(error, "STATE_CONFLICT", "NOT_FOUND");
  const state = isProblem(error) ? error.body.state : undefined;
  return (
    <Page title={t("wallet.add.title")} back="/wallet">
      {isFetching && (
        <div role="status" className="flex flex-col items-center gap-4 py-16 text-center">
          <Spinner size={32} />
          <p className="text-muted">{t("wallet.visit.asking")}</p>
        </div>
      )}
      {!isFetching && data && <Linked sources={data} />}
      {!isFetching && (opened === undefined || isOver) && <Nothing isLate={state === "EXPIRED"} />}
      {!isFetching && error && !isOver && (
        <ErrorPanel error={error} onRetry={() => void refetch()}>
          <Link to="/wallet/add" replace className={buttonClass("secondary")}>
            {t("wallet.visit.again")}
          </Link>
        </ErrorPanel>
      )}
    </Page>
  );
}

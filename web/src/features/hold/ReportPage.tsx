import { Link, useParams } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { useReport } from "@/api/reports/get-report";
import { isOpenReport, type Report } from "@/api/reports/get-reports";
import { useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { shortDate } from "@/lib/time";
import { buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Page } from "@/ui/Page";
import { ReportBadge } from "@/ui/ReportBadge";
import { Skeleton } from "@/ui/Skeleton";
import { Answer } from "./Answer";
import { Said } from "./Said";
import { Withdraw } from "./Withdraw";

/** What I reported or appealed against: where it stands, by when, what was said. */
export function ReportPage() {
  const t = useT();
  const { id = "" } = useParams({ strict: false });
  const { data, error, refetch } = useReport(id);
  const isAppeal = data?.claim === "hold" || data?.claim === "rejected";
  const title = data && t(isAppeal ? "report.appeal" : "report.report");
  return (
    <Page title={title ?? t("report.report")} back={data?.hold_id ? "/on-hold" : "/activity"}>
      {data && <Whole report={data} />}
      {!data && !error && <Skeleton className="h-80" />}
      {!data && isProblem(error, "NOT_FOUND") && (
        <EmptyState
          icon={<SearchX size={28} aria-hidden="true" />}
          title={t("report.absent.title")}
          text={t("report.absent.text")}
        >
          <Link to="/" className={buttonClass()}>
            {t("app.missing.home")}
          </Link>
        </EmptyState>
      )}
      {!data && error && !isProblem(error, "NOT_FOUND") && (
        <ErrorPanel error={error} onRetry={() => void refetch()} />
      )}
    </Page>
  );
}

function Whole({ report }: { report: Report }) {
  const t = useT();
  const isOpen = isOpenReport(report);
  return (
    <div className="flex flex-col gap-5">
      <Card className="flex flex-col gap-3 p-4">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <h2 className="min-w-0 font-semibold">{t(`report.claim.${report.claim}`)}</h2>
          <span role="status" data-testid="report-state">
            <ReportBadge state={report.state} />
          </span>
        </div>
        <p className="text-sm text-muted">{t(`report.stands.${report.state}`)}</p>
        <Clock report={report} isOpen={isOpen} />
        {report.payment_id !== null && (
          <Link
            to="/activity/$id"
            params={{ id: report.payment_id }}
            className={buttonClass("secondary")}
          >
            {t("report.payment")}
          </Link>
        )}
        {report.hold_id !== null && (
          <Link to="/on-hold" className={buttonClass("secondary")}>
            {t("report.hold")}
          </Link>
        )}
      </Card>
      <Said report={report} />
      {report.can.answer && <Answer id={report.id} />}
      {report.can.withdraw && <Withdraw report={report} />}
    </div>
  );
}

/** By when we answer, and by when we decide at the latest. */
function Clock({ report, isOpen }: { report: Report; isOpen: boolean }) {
  const t = useT();
  const { opened_at, answer_on, at_latest_on, ended_at } = report;
  const dates = [
    { term: t("report.opened"), at: opened_at },
    ...(isOpen ? [{ term: t("report.answerBy"), at: answer_on }] : []),
    ...(isOpen && at_latest_on !== null ? [{ term: t("report.decideBy"), at: at_latest_on }] : []),
    ...(ended_at === null ? [] : [{ term: t("report.ended"), at: ended_at }]),
  ];
  return (
    <dl className="divide-y divide-line">
      {dates.map(({ term, at }) => (
        <div key={term} className="flex min-h-11 items-center justify-between gap-4">
          <dt className="text-sm text-muted">{term}</dt>
          <dd className="text-end font-semibold">
            <time dateTime={at}>{shortDate(at)}</time>
          </dd>
        </div>
      ))}
    </dl>
  );
}

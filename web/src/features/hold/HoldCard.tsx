import { Link } from "@tanstack/react-router";
import { ShieldAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Hold } from "@/api/holds/get-holds";
import { isOpenReport, useReports } from "@/api/reports/get-reports";
import { useT } from "@/lib/i18n";
import { fullTime, shortDate } from "@/lib/time";
import { Button, buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ReportRow } from "@/ui/ReportRow";
import { ReportSheet } from "@/ui/ReportSheet";

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="flex min-h-11 items-center justify-between gap-4">
      <dt className="shrink-0 text-sm text-muted">{term}</dt>
      <dd className="min-w-0 text-end font-semibold">{children}</dd>
    </div>
  );
}

/** One hold, in plain words. */
export function HoldCard({ hold }: { hold: Hold }) {
  const t = useT();
  const { scope, reason_class: reason, is_own: isOwn } = hold;
  const isOwed = reason === "owed";
  return (
    <Card className="p-4" data-testid={`hold-${hold.id}`}>
      <div className="flex gap-3">
        <ShieldAlert size={22} aria-hidden="true" className="mt-0.5 shrink-0 text-danger" />
        <div className="min-w-0">
          <h2 className="font-semibold">{t(`hold.scope.${scope}`)}</h2>
          <p className="text-muted">{t(isOwn ? "hold.reason.own" : `hold.reason.${reason}`)}</p>
        </div>
      </div>
      {hold.text !== "" && !isOwn && (
        <blockquote dir="auto" className="mt-3 rounded-card bg-sunk px-4 py-3 whitespace-pre-line">
          {hold.text}
        </blockquote>
      )}
      <dl className="mt-2 divide-y divide-line">
        <Fact term={t("hold.case")}>
          <span dir="ltr" className="tabular">
            {hold.case_number}
          </span>
        </Fact>
        <Fact term={t("hold.since")}>{fullTime(hold.since)}</Fact>
        {hold.review_on !== null && (
          <Fact term={t("hold.review")}>{shortDate(hold.review_on)}</Fact>
        )}
        {hold.lifts_at !== null && <Fact term={t("hold.lifts")}>{fullTime(hold.lifts_at)}</Fact>}
      </dl>
      <div className="mt-4 flex flex-col gap-2">
        {isOwed && (
          <Link to="/wallet/deposit" className={buttonClass("primary", true)}>
            {t("hold.settle")}
          </Link>
        )}
        {isOwn ? (
          <Link to="/settings/security" className={buttonClass("secondary", true)}>
            {t("hold.security")}
          </Link>
        ) : (
          <Appeal id={hold.id} />
        )}
      </div>
    </Card>
  );
}

/** The appeals that were made, and a new one while none is open. */
function Appeal({ id }: { id: string }) {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  const { data } = useReports({ hold_id: id });
  if (data === undefined) return null;
  return (
    <>
      {data.map((report) => (
        <ReportRow key={report.id} report={report} />
      ))}
      {!data.some(isOpenReport) && (
        <Button look="secondary" isWide onClick={() => setOpen(true)} data-testid="hold-appeal">
          {t("hold.appeal")}
        </Button>
      )}
      <ReportSheet about="hold" id={id} isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  );
}

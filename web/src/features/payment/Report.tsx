import { Flag } from "lucide-react";
import { useState } from "react";
import type { Payment } from "@/api/payments/get-payment";
import { isOpenReport, useReports } from "@/api/reports/get-reports";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { ReportRow } from "@/ui/ReportRow";
import { ReportSheet } from "@/ui/ReportSheet";

const REPORTED_WITHIN_MS = 120 * 24 * 60 * 60 * 1000;

/** What I have reported of it, and the way to report it: 120 days, one report at a time. */
export function Report({ payment }: { payment: Payment }) {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  const arrived = payment.state_history.find(({ state }) => state === "COMPLETED");
  const mayHave = arrived !== undefined || payment.state === "REJECTED";
  const { data } = useReports({ payment_id: payment.id }, mayHave);
  if (!mayHave || data === undefined) return null;
  const isYoung = arrived && Date.now() - Date.parse(arrived.at) < REPORTED_WITHIN_MS;
  const mayReport = isYoung && !data.some(isOpenReport);
  return (
    <div className="flex flex-col items-center gap-3">
      {data.length > 0 && (
        <ul className="flex w-full flex-col gap-2">
          {data.map((report) => (
            <li key={report.id}>
              <ReportRow report={report} />
            </li>
          ))}
        </ul>
      )}
      {mayReport && (
        <Button look="quiet" onClick={() => setOpen(true)} data-testid="payment-report">
          <Flag size={20} aria-hidden="true" />
          {t("payment.report")}
        </Button>
      )}
      <ReportSheet about="payment" id={payment.id} isOpen={isOpen} onClose={() => setOpen(false)} />
    </div>
  );
}

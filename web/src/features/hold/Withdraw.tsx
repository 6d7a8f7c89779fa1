import { useState } from "react";
import { useReportAct } from "@/api/reports/act-on-report";
import type { Report } from "@/api/reports/get-reports";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { ConfirmSheet } from "@/ui/ConfirmSheet";

/** Takes the whole back, once it is confirmed. */
export function Withdraw({ report }: { report: Report }) {
  const t = useT();
  const { withdraw } = useReportAct(report.id);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" onClick={() => setOpen(true)}>
        {t("report.withdraw")}
      </Button>
      <ConfirmSheet
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={t("report.withdraw.title")}
        text={t("report.withdraw.text")}
        act={t("report.withdraw.do")}
        isBusy={withdraw.isPending}
        error={withdraw.error}
        onDo={() => withdraw.mutate(undefined, { onSuccess: () => setOpen(false) })}
      />
    </>
  );
}

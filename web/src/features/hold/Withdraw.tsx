import { useState } from "react";
import { useReportAct } from "@/api/reports/act-on-report";
import type { Report } from "@/api/reports/get-reports";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Sheet } from "@/ui/Sheet";

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
      <Sheet
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={t("report.withdraw.title")}
        text={t("report.withdraw.text")}
      >
        {withdraw.error && (
          <div className="mb-3">
            <ErrorPanel error={withdraw.error} />
          </div>
        )}
        <div className="flex flex-col gap-2">
          <Button
            look="danger"
            isBusy={withdraw.isPending}
            onClick={() => withdraw.mutate(undefined, { onSuccess: () => setOpen(false) })}
          >
            {t("report.withdraw.do")}
          </Button>
          <Button look="secondary" onClick={() => setOpen(false)}>
            {t("ui.cancel")}
          </Button>
        </div>
      </Sheet>
    </>
  );
}

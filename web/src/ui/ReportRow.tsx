import { Link } from "@tanstack/react-router";
import { ChevronRight, Flag } from "lucide-react";
import type { Report } from "@/api/reports/get-reports";
import { useT } from "@/lib/i18n";
import { ReportBadge } from "./ReportBadge";

/** Leads to a report or an appeal, and says where it stands. */
export function ReportRow({ report }: { report: Report }) {
  const t = useT();
  const isAppeal = report.claim === "hold" || report.claim === "rejected";
  return (
    <Link
      to="/reports/$id"
      params={{ id: report.id }}
      className="flex min-h-14 items-center gap-3 rounded-card border border-line bg-card px-4 py-3 hover:bg-sunk"
    >
      <Flag size={20} aria-hidden="true" className="shrink-0 text-muted" />
      <span className="min-w-0 flex-1 font-semibold">
        {t(isAppeal ? "report.appeal" : "report.report")}
      </span>
      <ReportBadge state={report.state} />
      <ChevronRight size={20} aria-hidden="true" className="shrink-0 text-muted rtl:rotate-180" />
    </Link>
  );
}

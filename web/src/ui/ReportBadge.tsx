import type { Report } from "@/api/reports/get-reports";
import { StateBadge } from "./StateBadge";

const tones = {
  OPEN: "waiting",
  NEEDS_INFO: "waiting",
  UNDER_REVIEW: "waiting",
  WON: "good",
  LOST: "calm",
  WITHDRAWN: "calm",
} as const;

/** Where a report or an appeal stands. */
export function ReportBadge({ state }: Pick<Report, "state">) {
  return <StateBadge label={`report.state.${state}`} tone={tones[state]} />;
}

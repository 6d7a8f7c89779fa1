import type { Transfer } from "@/api/transfers/get-transfers";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { fullTime, shortDate } from "@/lib/time";
import { type Phase, phaseOf, stepsOf } from "./words";

const dots: Readonly<Record<Phase, string>> = {
  started: "bg-primary",
  moving: "bg-primary",
  done: "bg-money-in",
  returned: "bg-danger",
  failed: "bg-danger",
  cancelled: "bg-control",
};

/** What comes next, where all goes well. */
function coming(phase: Phase): Phase[] {
  if (phase === "started") return ["moving", "done"];
  return phase === "moving" ? ["done"] : [];
}

/** The states that a transfer has passed, with their dates, and those that are still to come. */
export function Timeline({ transfer }: { transfer: Transfer }) {
  const t = useT();
  const passed = stepsOf(transfer);
  const next = coming(phaseOf(transfer.state));
  const row =
    "relative flex gap-3 pb-5 last:pb-0 not-last:before:absolute not-last:before:start-[5px] not-last:before:top-4 not-last:before:bottom-[-6px] not-last:before:w-0.5 not-last:before:bg-line";
  return (
    <ol data-testid="transfer-timeline">
      {passed.map(({ phase, at }) => (
        <li key={phase + at} className={row}>
          <span aria-hidden="true" className={cx("mt-1.5 size-3 rounded-full", dots[phase])} />
          <span className="min-w-0">
            <span className="block font-semibold">{t(`wallet.phase.${phase}`)}</span>
            <time dateTime={at} className="block text-sm text-muted">
              {fullTime(at)}
            </time>
          </span>
        </li>
      ))}
      {next.map((phase) => (
        <li key={phase} className={row}>
          <span
            aria-hidden="true"
            className="mt-1.5 size-3 rounded-full border-2 border-control bg-card"
          />
          <span className="min-w-0 text-muted">
            <span className="block">{t(`wallet.phase.${phase}`)}</span>
            {phase === "done" && transfer.expected_on !== null && transfer.type === "standard" && (
              <span className="block text-sm">
                {t("wallet.expected", { date: shortDate(transfer.expected_on) })}
              </span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

import type { Payment } from "@/api/payments/get-payment";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { fullTime } from "@/lib/time";
import type { MessageId } from "@/locales/ids";
import { Card } from "@/ui/Card";

const steps: Record<string, MessageId> = {
  INITIATED: "payment.step.started",
  CHALLENGED: "payment.step.challenged",
  IN_REVIEW: "payment.step.review",
  AUTHORIZED: "payment.step.approved",
  PROCESSING: "payment.step.moving",
  SETTLED: "payment.step.settled",
  COMPLETED: "payment.step.arrived",
  REVERSED: "payment.step.reversed",
  REJECTED: "payment.step.rejected",
  DECLINED: "payment.step.declined",
  FAILED: "payment.step.failed",
  CANCELLED: "payment.step.cancelled",
  EXPIRED: "payment.step.expired",
};
const good = new Set(["COMPLETED"]);
const bad = new Set(["REJECTED", "DECLINED", "FAILED"]);

/** What happened to it, step by step, with the times. */
export function Course({ payment }: { payment: Payment }) {
  const t = useT();
  const passed = payment.state_history.flatMap(({ state, at }) => {
    const label = steps[state];
    return label === undefined ? [] : [{ state, at, label }];
  });
  return (
    <Card className="p-4">
      <h2 className="mb-3 font-semibold">{t("payment.course")}</h2>
      <ol data-testid="payment-history">
        {passed.map(({ state, at, label }) => (
          <li
            key={state + at}
            className="relative flex gap-3 pb-4 last:pb-0 not-last:before:absolute not-last:before:start-[5px] not-last:before:top-[18px] not-last:before:bottom-[-6px] not-last:before:w-0.5 not-last:before:bg-line"
          >
            <span
              aria-hidden="true"
              className={cx(
                "mt-1.5 size-3 shrink-0 rounded-full",
                good.has(state) ? "bg-money-in" : bad.has(state) ? "bg-danger" : "bg-primary",
              )}
            />
            <span className="flex min-w-0 flex-1 flex-wrap justify-between gap-x-4">
              <span className="font-semibold">{t(label)}</span>
              <time dateTime={at} className="text-sm leading-6 text-muted">
                {fullTime(at)}
              </time>
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

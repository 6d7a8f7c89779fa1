import { Clock, RotateCcw, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { usePaymentAct } from "@/api/payments/act-on-payment";
import type { Payment } from "@/api/payments/get-payment";
import { useReports } from "@/api/reports/get-reports";
import { useT } from "@/lib/i18n";
import { moneyWords } from "@/lib/money";
import { Problem } from "@/lib/problem";
import { fullTime, shortDate } from "@/lib/time";
import { Button } from "@/ui/Button";
import { ChallengePanel } from "@/ui/ChallengePanel";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Notice } from "@/ui/Notice";
import { ReportSheet } from "@/ui/ReportSheet";

const icon = "mt-0.5 shrink-0 text-muted";

/** What its state means, whether money has moved, and what can be done now. */
export function Standing({ payment }: { payment: Payment }) {
  const t = useT();
  const { state, lands_on, challenge, failure } = payment;
  const amount = moneyWords(payment.amount, payment.currency);
  switch (state) {
    case "PROCESSING":
    case "SETTLED":
      return (
        <Notice icon={<Clock size={20} aria-hidden="true" className={icon} />}>
          {lands_on ? t("payment.arrives", { date: shortDate(lands_on) }) : t("payment.soon")}
        </Notice>
      );
    case "CHALLENGED":
      return (
        <div className="flex flex-col items-center gap-4">
          <p className="max-w-96 text-center text-sm text-muted">
            {t("payment.confirm", { amount })}
          </p>
          {challenge && <ChallengePanel payment={payment} />}
        </div>
      );
    case "IN_REVIEW":
      return <InReview payment={payment} amount={amount} />;
    case "REJECTED":
      return <Rejected payment={payment} />;
    case "DECLINED":
    case "FAILED":
      return failure && <ErrorPanel error={new Problem({ ...failure }, 422)} />;
    case "CANCELLED":
    case "EXPIRED":
      return <Notice>{t("payment.back")}</Notice>;
    default:
      return <Reversals payment={payment} />;
  }
}

function InReview({ payment, amount }: { payment: Payment; amount: string }) {
  const t = useT();
  const { cancel } = usePaymentAct(payment);
  const { review, can } = payment;
  return (
    <Notice
      tone="warning"
      icon={<ShieldCheck size={20} aria-hidden="true" className="mt-0.5 shrink-0 text-warning" />}
      title={
        review
          ? t("payment.review.title", { until: fullTime(review.review_by) })
          : t("payment.state.review")
      }
    >
      <p>{t("payment.review.text", { amount })}</p>
      {review && <p>{t("payment.review.back", { back: fullTime(review.expires_at) })}</p>}
      {cancel.error && (
        <div className="mt-3">
          <ErrorPanel error={cancel.error} />
        </div>
      )}
      {can.cancel && (
        <Button
          look="danger"
          className="mt-3"
          isBusy={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          {t("challenge.cancel")}
        </Button>
      )}
    </Notice>
  );
}

/** Stopped by our checks: somebody can look at it again, once. */
function Rejected({ payment }: { payment: Payment }) {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  const { data } = useReports({ payment_id: payment.id });
  if (payment.failure === null) return null;
  return (
    <>
      <ErrorPanel error={new Problem({ ...payment.failure }, 422)}>
        {data?.length === 0 && (
          <Button look="secondary" onClick={() => setOpen(true)}>
            {t("payment.appeal")}
          </Button>
        )}
      </ErrorPanel>
      <ReportSheet
        about="rejected"
        id={payment.id}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
      />
    </>
  );
}

/** What was taken back of a payment that had arrived, with the entry that did it. */
function Reversals({ payment: { reversals, currency } }: { payment: Payment }) {
  const t = useT();
  if (reversals.length === 0) return null;
  return (
    <Notice icon={<RotateCcw size={20} aria-hidden="true" className={icon} />}>
      <ul className="flex flex-col gap-2">
        {reversals.map(({ id, at, amount, reason }) => (
          <li key={id}>
            <p className="font-semibold">
              {t("payment.reversed", {
                amount: moneyWords(amount, currency),
                date: shortDate(at),
              })}
            </p>
            <p>{t(`payment.reversed.${reason}`)}</p>
            <p className="text-xs text-muted" dir="ltr">
              {id}
            </p>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleSlash, Clock, RotateCcw, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import { usePaymentAct } from "@/api/payments/act-on-payment";
import { type Payment, usePayment } from "@/api/payments/get-payment";
import { rich, useT } from "@/lib/i18n";
import { moneyWords } from "@/lib/money";
import { Problem } from "@/lib/problem";
import { fullTime, shortDate } from "@/lib/time";
import type { MessageId } from "@/locales/ids";
import { Button, buttonClass } from "@/ui/Button";
import { ChallengePanel } from "@/ui/ChallengePanel";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { MoneyText } from "@/ui/MoneyText";
import { SkeletonRows } from "@/ui/Skeleton";
import { Said } from "./Said";

interface Props {
  id: string;
  isReplayed: boolean;
  onAnother: () => void;
}

/** A payment that has been made, as its payer reads it: one text for each state. */
export function Outcome({ id, isReplayed, onAnother }: Props) {
  const t = useT();
  const { data, error, refetch } = usePayment(id);
  if (error && data === undefined) {
    return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  }
  if (data === undefined) return <SkeletonRows count={2} label={t("ui.loading")} />;
  return <PaymentState payment={data} isReplayed={isReplayed} onAnother={onAnother} />;
}

const icons: Record<string, ReactNode> = {
  COMPLETED: <CircleCheck size={56} aria-hidden="true" className="pop text-money-in" />,
  PROCESSING: <Clock size={56} aria-hidden="true" className="text-primary" />,
  CHALLENGED: <ShieldCheck size={56} aria-hidden="true" className="text-primary" />,
  IN_REVIEW: <ShieldCheck size={56} aria-hidden="true" className="text-warning" />,
  REVERSED: <RotateCcw size={56} aria-hidden="true" className="text-muted" />,
};
const ended = <CircleSlash size={56} aria-hidden="true" className="text-muted" />;
const refused = new Set(["REJECTED", "DECLINED", "FAILED"]);

/** What stands under the title. */
function useText(payment: Payment, isReplayed: boolean): ReactNode {
  const t = useT();
  const amount = moneyWords(payment.amount);
  const { state, lands_on, review, failure } = payment;
  if (isReplayed && (state === "COMPLETED" || state === "PROCESSING")) {
    return t("pay.state.replayed");
  }
  switch (state) {
    case "COMPLETED":
      return payment.note;
    case "PROCESSING":
      return lands_on ? t("pay.state.arrives", { date: shortDate(lands_on) }) : t("pay.state.soon");
    case "CHALLENGED":
      return t("pay.state.confirm", { amount });
    case "IN_REVIEW":
      return review
        ? t("pay.state.review", {
            amount,
            until: fullTime(review.review_by),
            back: fullTime(review.expires_at),
          })
        : undefined;
    case "REVERSED": {
      const at = payment.reversals[0]?.at ?? payment.created_at;
      return t("pay.state.reversed", { date: shortDate(at) });
    }
    default:
      return refused.has(state) && failure ? undefined : t("pay.state.back");
  }
}

interface StateProps extends Omit<Props, "id"> {
  payment: Payment;
}

function titleOf(payment: Payment, isReplayed: boolean): MessageId {
  if (isReplayed && payment.state === "COMPLETED") return "pay.title.again";
  const told = ["COMPLETED", "PROCESSING", "CHALLENGED", "IN_REVIEW", "REVERSED", "EXPIRED"];
  if (told.includes(payment.state)) return `pay.title.${payment.state}` as MessageId;
  return "pay.title.unsent";
}

export function PaymentState({ payment, isReplayed, onAnother }: StateProps) {
  const t = useT();
  const text = useText(payment, isReplayed);
  const nodes = {
    amount: <MoneyText minor={payment.amount} />,
    name: <bdi>{payment.payee.display_name}</bdi>,
  };
  const { failure, state } = payment;
  const isOver = refused.has(state) || state === "CANCELLED" || state === "EXPIRED";
  const failed = failure === null ? undefined : new Problem({ ...failure }, 422);
  return (
    <Said
      icon={icons[state] ?? ended}
      title={rich(titleOf(payment, isReplayed), nodes)}
      text={text}
      more={
        <>
          {failed && <ErrorPanel error={failed} />}
          {state === "CHALLENGED" && <ChallengePanel payment={payment} />}
          {state === "IN_REVIEW" && payment.can.cancel && <Cancel payment={payment} />}
        </>
      }
    >
      <Link to="/" className={buttonClass(state === "CHALLENGED" ? "quiet" : "primary")}>
        {t("ui.done")}
      </Link>
      <Link to="/activity/$id" params={{ id: payment.id }} className={buttonClass("secondary")}>
        {t(isOver ? "pay.details" : "pay.receipt")}
      </Link>
      {state !== "CHALLENGED" && (
        <Button look="quiet" data-testid="pay-another" onClick={onAnother}>
          {t(isOver ? "pay.sendAgain" : "pay.another")}
        </Button>
      )}
    </Said>
  );
}

function Cancel({ payment }: { payment: Payment }) {
  const t = useT();
  const { cancel } = usePaymentAct(payment);
  return (
    <div className="flex w-full max-w-80 flex-col gap-3">
      {cancel.error && <ErrorPanel error={cancel.error} />}
      <Button look="danger" isWide isBusy={cancel.isPending} onClick={() => cancel.mutate()}>
        {t("challenge.cancel")}
      </Button>
    </div>
  );
}

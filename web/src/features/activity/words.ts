import type { Line } from "@/api/activity/get-activity";
import type { MessageId } from "@/locales/ids";
import type { kinds, states } from "./filters";

export const kindLabels: Record<(typeof kinds)[number], MessageId> = {
  payment: "activity.kind.payment",
  deposit: "activity.kind.deposit",
  withdrawal: "activity.kind.withdrawal",
  reversal: "activity.kind.reversal",
  release: "activity.kind.release",
  funding: "activity.kind.funding",
  return: "activity.kind.return",
  recovery: "activity.kind.recovery",
  refund: "activity.kind.refund",
  chargeback: "activity.kind.chargeback",
};

export const stateLabels: Record<(typeof states)[number], MessageId> = {
  COMPLETED: "activity.state.done",
  PROCESSING: "payment.state.moving",
  CHALLENGED: "payment.state.challenged",
  IN_REVIEW: "payment.state.review",
  REVERSED: "payment.state.reversed",
  REJECTED: "activity.state.rejected",
  DECLINED: "activity.state.declined",
  FAILED: "activity.state.failed",
  CANCELLED: "payment.state.cancelled",
  EXPIRED: "payment.state.expired",
};

interface Place {
  to: "/activity/$id" | "/wallet/transfers/$id";
  id: string;
}

/** Where a line leads: its payment, or what was done at the bank; money of the house leads nowhere. */
export function placeOf({ kind, id, payment_id, operation_id }: Line): Place | undefined {
  if (kind === "payment") return { to: "/activity/$id", id };
  if (payment_id !== null) return { to: "/activity/$id", id: payment_id };
  return operation_id === null ? undefined : { to: "/wallet/transfers/$id", id: operation_id };
}

import { StateBadge } from "./StateBadge";

type Badge = Parameters<typeof StateBadge>[0];

const sending: Badge = { label: "payment.state.sending", tone: "waiting" };
const moving: Badge = { label: "payment.state.moving", tone: "waiting" };
const unsent: Badge = { label: "payment.state.unsent", tone: "bad" };

const badges: Record<string, Badge> = {
  INITIATED: sending,
  FRAUD_CHECK: sending,
  AUTHORIZED: sending,
  PROCESSING: moving,
  SETTLED: moving,
  CHALLENGED: { label: "payment.state.challenged", tone: "waiting" },
  IN_REVIEW: { label: "payment.state.review", tone: "waiting" },
  REJECTED: unsent,
  DECLINED: unsent,
  FAILED: unsent,
  CANCELLED: { label: "payment.state.cancelled", tone: "calm" },
  EXPIRED: { label: "payment.state.expired", tone: "calm" },
  REVERSED: { label: "payment.state.reversed", tone: "calm" },
};

/** Where a payment or a line of activity stands, unless it is simply done. */
export function PaymentBadge({ state }: { state: string }) {
  const badge = badges[state];
  return badge ? <StateBadge {...badge} /> : null;
}

import { Link } from "@tanstack/react-router";
import type { Draft } from "@/lib/draft";
import { useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import type { MessageId } from "@/locales/ids";
import { Button, buttonClass } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import type { View } from "./form";

interface Way {
  label: MessageId;
  to?: string;
  view?: View;
}

const addMoney: Way = { label: "pay.way.addMoney", to: "/wallet/deposit" };
const linkBank: Way = { label: "pay.way.link", to: "/wallet/add" };
const limits: Way = { label: "pay.way.limits", to: "/settings/limits" };
const change: Way = { label: "pay.way.change", view: "what" };
const source: Way = { label: "pay.way.source", view: "review" };
const person: Way = { label: "pay.way.person", view: "who" };
const again: Way = { label: "pay.way.review", view: "review" };

/** What helps after a refusal, by its code: the nearest first. */
const ways: Record<string, readonly Way[]> = {
  INSUFFICIENT_FUNDS: [addMoney, linkBank, change],
  DAILY_LIMIT_EXCEEDED: [change, limits],
  WEEKLY_LIMIT_EXCEEDED: [change, limits],
  VERIFICATION_REQUIRED: [{ label: "pay.way.verify", to: "/settings/verification" }, change],
  ACCOUNT_FROZEN: [{ label: "pay.way.hold", to: "/on-hold" }],
  PAYMENT_METHOD_INVALID: [source, { label: "pay.way.wallet", to: "/wallet" }],
  PAYMENT_METHOD_DECLINED: [source, { label: "pay.way.wallet", to: "/wallet" }],
  EXTERNAL_SERVICE_ERROR: [source],
  RECIPIENT_NOT_FOUND: [person],
  INVALID_RECIPIENT: [person],
  INVALID_AMOUNT: [change],
  VALIDATION_ERROR: [change],
  MISSING_FIELD: [change],
  FORBIDDEN: [person],
  QUOTE_CHANGED: [again],
  QUOTE_EXPIRED: [again],
  REQUEST_CLOSED: [{ label: "pay.way.requests", to: "/requests" }],
  STATE_CONFLICT: [{ label: "pay.way.requests", to: "/requests" }],
};

interface Props {
  error: unknown;
  draft: Draft;
  go: (view: View, isInstead?: boolean) => void;
  onRetry?: () => void;
}

/** What happened, whether money moved, and the ways on. */
export function Refusal({ error, draft, go, onRetry }: Props) {
  const t = useT();
  const problem = isProblem(error) ? error : undefined;
  const isOwed = problem?.code === "ACCOUNT_FROZEN" && problem.reason === "owed";
  const named = isOwed ? [addMoney] : (ways[problem?.code ?? ""] ?? [again]);
  const isAsked = draft.form.requestId !== undefined;
  const open = named.filter(({ view }) => !isAsked || view === undefined || view === "review");
  // The chooser stands on the review itself: there is nowhere to go.
  const shown = onRetry === undefined ? open : open.filter(({ view }) => view !== "review");
  return (
    <ErrorPanel error={error} onRetry={onRetry}>
      {shown.map(({ label, to, view }) =>
        to !== undefined ? (
          <Link key={label} to={to} className={buttonClass("secondary")}>
            {t(label)}
          </Link>
        ) : (
          <Button key={label} look="secondary" onClick={() => view && go(view, true)}>
            {t(label)}
          </Button>
        ),
      )}
    </ErrorPanel>
  );
}

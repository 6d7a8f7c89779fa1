import { Link } from "@tanstack/react-router";
import type { Quote, Wanted } from "@/api/transfers/quote-transfer";
import { useT } from "@/lib/i18n";
import { moneyWords } from "@/lib/money";
import { isProblem } from "@/lib/problem";
import { shortDate } from "@/lib/time";
import { buttonClass } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Notice } from "@/ui/Notice";

interface Props {
  kind: Wanted["kind"];
  quote: Quote | undefined;
  error: unknown;
}

/** More than can leave: how much can, and why not all. */
function Short({ spendable, withdrawable }: { spendable: number; withdrawable: number }) {
  const t = useT();
  return (
    <p role="alert" className="text-center text-sm font-semibold text-danger">
      {spendable > withdrawable
        ? t("wallet.move.atOnce", { amount: moneyWords(withdrawable) })
        : t("wallet.move.most", { amount: moneyWords(spendable) })}
    </p>
  );
}

/** What comes of it, or why it cannot be done; said as one types. */
export function QuoteNote({ kind, quote, error }: Props) {
  const t = useT();
  if (isProblem(error, "INSUFFICIENT_FUNDS")) {
    const figure = (name: string) => Number(error.body[name] ?? 0);
    return <Short spendable={figure("spendable")} withdrawable={figure("withdrawable")} />;
  }
  if (error) {
    return (
      <ErrorPanel error={error}>
        {isProblem(error, "ACCOUNT_FROZEN") && (
          <Link
            to={error.reason === "owed" ? "/wallet" : "/on-hold"}
            className={buttonClass("secondary")}
          >
            {t("wallet.held.see")}
          </Link>
        )}
      </ErrorPanel>
    );
  }
  if (quote && quote.not_before !== null) {
    return (
      <Notice tone="warning">
        {t("wallet.move.later", { date: shortDate(quote.not_before) })}
      </Notice>
    );
  }
  if (kind === "withdrawal") return null;
  return (
    <p role="status" className="min-h-5 text-center text-sm text-muted">
      {quote && t("wallet.move.arrives", { date: shortDate(quote.expected_on) })}
    </p>
  );
}

import { Link } from "@tanstack/react-router";
import { HandCoins, Send } from "lucide-react";
import { useState } from "react";
import { useBalance } from "@/api/balance/get-balance";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { MoneyText } from "@/ui/MoneyText";
import { Sheet } from "@/ui/Sheet";
import { Skeleton } from "@/ui/Skeleton";

type Part = "pending" | "on_hold";

/** What I can spend, what is not spendable yet, and the two things one comes here for. */
export function BalanceCard() {
  const t = useT();
  const { data: balance, error, refetch } = useBalance();
  const [open, setOpen] = useState<Part>();
  const parts = (["pending", "on_hold"] as const).filter((part) => (balance?.[part] ?? 0) > 0);
  return (
    <Card className="p-5">
      <p className="text-sm font-semibold text-muted">{t("home.available")}</p>
      {balance ? (
        <p
          aria-live="polite"
          data-testid="wallet-available"
          className="text-2xl font-semibold tracking-tight sm:text-3xl"
        >
          <MoneyText minor={balance.available} currency={balance.currency} />
        </p>
      ) : (
        !error && <Skeleton className="h-13 w-48 sm:h-16" />
      )}
      {error && !balance && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {balance && parts.length > 0 && (
        <ul className="-ms-3 flex flex-wrap gap-x-1">
          {parts.map((part) => (
            <li key={part}>
              <button
                type="button"
                aria-haspopup="dialog"
                onClick={() => setOpen(part)}
                className="min-h-11 rounded-full px-3 text-sm text-muted underline decoration-line underline-offset-4 hover:bg-sunk hover:text-text"
              >
                <MoneyText minor={balance[part]} className="font-semibold" />{" "}
                {t(`home.part.${part}` as const)}
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="mt-4 grid grid-cols-2 gap-3">
        <Link to="/pay" className={cx(buttonClass("primary", true), "!gap-1.5 !px-2")}>
          <Send size={20} aria-hidden="true" className="rtl:-scale-x-100" />
          {t("home.pay")}
        </Link>
        <Link
          to="/pay"
          search={{ kind: "request" }}
          className={cx(buttonClass("secondary", true), "!gap-1.5 !px-2")}
        >
          <HandCoins size={20} aria-hidden="true" />
          {t("home.request")}
        </Link>
      </div>
      {balance && open && (
        <Sheet
          isOpen
          onClose={() => setOpen(undefined)}
          title={t(`home.reasons.${open}` as const)}
          text={t(`home.reasons.${open}.text` as const)}
        >
          {open === "on_hold" && (
            <ul className="mb-3 divide-y divide-line">
              {balance.holds.map((hold) => (
                <li key={hold.ref}>
                  <Link
                    to="/activity/$id"
                    params={{ id: hold.ref }}
                    className="flex min-h-12 items-center justify-between gap-3 py-2 hover:underline"
                  >
                    <span>{t(`home.hold.${hold.reason}` as const)}</span>
                    <MoneyText minor={hold.amount} className="font-semibold" />
                  </Link>
                </li>
              ))}
            </ul>
          )}
          <Link to="/wallet" className={buttonClass("secondary", true)}>
            {t("home.wallet")}
          </Link>
        </Sheet>
      )}
    </Card>
  );
}

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Balance } from "@/api/balance/get-balance";
import { useTransfers } from "@/api/transfers/get-transfers";
import { useT } from "@/lib/i18n";
import { shortDate } from "@/lib/time";
import { buttonClass } from "@/ui/Button";
import { MoneyText } from "@/ui/MoneyText";
import type { Part } from "./BalanceParts";

function Line({ label, minor }: { label: ReactNode; minor: number }) {
  return (
    <span className="flex min-h-11 items-center justify-between gap-3 py-1.5">
      <span className="min-w-0">{label}</span>
      <MoneyText minor={minor} className="font-semibold" />
    </span>
  );
}

/** What is on its way from a bank. */
function Pending() {
  const t = useT();
  const { data } = useTransfers();
  const open = (data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((transfer) => transfer.kind === "deposit" && transfer.expected_on !== null);
  return (
    <ul className="divide-y divide-line">
      {open.map((transfer) => (
        <li key={transfer.id}>
          <Link to="/wallet/transfers/$id" params={{ id: transfer.id }} className="block">
            <Line
              label={t("wallet.why.deposit", { date: shortDate(transfer.expected_on ?? "") })}
              minor={transfer.amount}
            />
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** What stands behind one of the numbers. */
export function Reasons({ part, balance }: { part: Part; balance: Balance }) {
  const t = useT();
  return (
    <div className="flex flex-col gap-3">
      <p className="text-xl font-semibold">
        <MoneyText minor={balance[part]} currency={balance.currency} />
      </p>
      <p className="text-sm text-muted">{t(`wallet.part.${part}.text`)}</p>
      {part === "pending" && balance.pending > 0 && <Pending />}
      {part === "on_hold" && (
        <ul className="divide-y divide-line">
          {balance.holds.map((hold) => (
            <li key={hold.ref + hold.reason}>
              <Link to="/activity/$id" params={{ id: hold.ref }} className="block">
                <Line label={t(`wallet.hold.${hold.reason}`)} minor={hold.amount} />
              </Link>
            </li>
          ))}
        </ul>
      )}
      {part === "withdrawable" && (
        <div className="divide-y divide-line">
          <Line label={t("wallet.available")} minor={balance.available} />
          <Line
            label={t("wallet.why.returnable")}
            minor={balance.withdrawable - balance.available}
          />
        </div>
      )}
      {part === "owed" && balance.owed > 0 && (
        <Link to="/wallet/deposit" className={buttonClass()}>
          {t("wallet.owed.add")}
        </Link>
      )}
    </div>
  );
}

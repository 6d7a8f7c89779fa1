import { Link } from "@tanstack/react-router";
import { ArrowDownToLine, ArrowUpFromLine } from "lucide-react";
import { useBalance } from "@/api/balance/get-balance";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { buttonClass } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { MoneyText } from "@/ui/MoneyText";
import { Page } from "@/ui/Page";
import { Skeleton } from "@/ui/Skeleton";
import { BalanceParts } from "./BalanceParts";
import { SourceList } from "./SourceList";
import { Standing } from "./Standing";
import { TransferList } from "./TransferList";

/** What I have, the banks and cards it comes from and goes to, and what moved between them. */
export function WalletPage() {
  const t = useT();
  const { data: balance, error, refetch } = useBalance();
  return (
    <Page title={t("wallet.title")}>
      <section aria-label={t("wallet.balance")}>
        <p className="text-sm text-muted">{t("wallet.available")}</p>
        {balance ? (
          <p
            data-testid="wallet-available"
            className="text-2xl font-semibold max-[359px]:text-xl sm:text-3xl"
          >
            <MoneyText minor={balance.available} currency={balance.currency} />
          </p>
        ) : (
          !error && <Skeleton className="my-1 h-11 w-44 sm:h-14" />
        )}
        {error && !balance && <ErrorPanel error={error} onRetry={() => void refetch()} />}
        <div className="mt-4 grid grid-cols-2 gap-3">
          <Link
            to="/wallet/deposit"
            className={cx(buttonClass("primary", true), "!px-2 whitespace-nowrap")}
          >
            <ArrowDownToLine size={20} aria-hidden="true" />
            {t("wallet.deposit")}
          </Link>
          <Link
            to="/wallet/withdraw"
            className={cx(buttonClass("secondary", true), "!px-2 whitespace-nowrap")}
          >
            <ArrowUpFromLine size={20} aria-hidden="true" />
            {t("wallet.withdraw")}
          </Link>
        </div>
        {balance ? <BalanceParts balance={balance} /> : <Skeleton className="mt-5 h-37" />}
      </section>
      <Standing />
      <SourceList />
      <TransferList />
    </Page>
  );
}

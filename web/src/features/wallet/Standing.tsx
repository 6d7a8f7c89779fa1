import { Link } from "@tanstack/react-router";
import { CircleAlert, Lock } from "lucide-react";
import { useBalance } from "@/api/balance/get-balance";
import { useMe } from "@/api/me/get-me";
import { useSources } from "@/api/sources/get-sources";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { moneyWords } from "@/lib/money";
import { buttonClass } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { RepairButton } from "./RepairButton";

/** What keeps the wallet from working as it should, and what to do about it. */
export function Standing() {
  const t = useT();
  const { data: balance } = useBalance();
  const { data: me } = useMe();
  const { data: sources = [] } = useSources();
  const owed = balance?.owed ?? 0;
  const isHeld = me?.on_hold.some((hold) => hold.reason_class !== "owed") ?? false;
  const canDeposit = sources.some((source) => source.can_deposit);
  const broken = canDeposit ? undefined : sources.find((source) => source.needs === "repair");
  return (
    <>
      {owed > 0 && (
        <div className="mt-5" data-testid="wallet-owed">
          <Notice
            tone="bad"
            icon={<CircleAlert size={20} aria-hidden="true" className="shrink-0 text-danger" />}
            title={t("wallet.owed.title", { amount: moneyWords(owed) })}
          >
            <p>{t(broken ? "wallet.owed.repair" : "wallet.owed.text")}</p>
            <div className="mt-3 flex flex-wrap gap-2">
              {broken ? (
                <RepairButton source={broken} />
              ) : (
                <Link
                  to={canDeposit ? "/wallet/deposit" : "/wallet/add"}
                  className={buttonClass("secondary")}
                >
                  {t(canDeposit ? "wallet.owed.add" : "wallet.link")}
                </Link>
              )}
            </div>
          </Notice>
        </div>
      )}
      {isHeld && (
        <div className="mt-5">
          <Notice
            tone="warning"
            icon={<Lock size={20} aria-hidden="true" className="shrink-0 text-warning" />}
            title={t("wallet.held.title")}
          >
            <p>{t("wallet.held.text")}</p>
            <Link to="/on-hold" className={cx(buttonClass("secondary"), "mt-3")}>
              {t("wallet.held.see")}
            </Link>
          </Notice>
        </div>
      )}
    </>
  );
}

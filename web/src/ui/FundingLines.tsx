import { CreditCard, Landmark, Wallet } from "lucide-react";
import { useT } from "@/lib/i18n";
import { MoneyText } from "./MoneyText";

export interface FundingLine {
  kind: "balance" | "bank" | "card";
  label?: string;
  /** Cents. */
  amount: number;
  fee: number;
}

const icons = { balance: Wallet, bank: Landmark, card: CreditCard };

interface Props {
  lines: readonly FundingLine[];
  /** Cents. */
  fee: number;
  total: number;
}

/** Where the money comes from, to the cent, with what it costs on top. */
export function FundingLines({ lines, fee, total }: Props) {
  const t = useT();
  return (
    <dl className="flex flex-col gap-2.5 text-sm">
      {lines.map(({ kind, label, amount }) => {
        const Icon = icons[kind];
        return (
          <div key={`${kind}${label}`} className="flex items-center gap-2.5">
            <Icon size={20} aria-hidden="true" className="shrink-0 text-muted" />
            <dt className="min-w-0 flex-1">
              {kind === "balance" ? t("funding.balance") : <bdi>{label}</bdi>}
            </dt>
            <dd>
              <MoneyText minor={amount} />
            </dd>
          </div>
        );
      })}
      <div className="flex items-center gap-2.5">
        <dt className="min-w-0 flex-1 ps-[30px] text-muted">
          {t(fee > 0 ? "funding.cardFee" : "funding.fee")}
        </dt>
        <dd className={fee > 0 ? "font-semibold" : "text-muted"}>
          {fee > 0 ? <MoneyText minor={fee} /> : t("funding.free")}
        </dd>
      </div>
      <div className="flex items-center gap-2.5 border-t border-line pt-2.5 text-base font-semibold">
        <dt className="min-w-0 flex-1">{t("funding.total")}</dt>
        <dd>
          <MoneyText minor={total} />
        </dd>
      </div>
    </dl>
  );
}

import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";

interface Props {
  /** Integer minor units; with `isSigned`, what comes is positive, what goes negative. */
  minor: number;
  currency?: string;
  isSigned?: boolean;
  className?: string;
}

/** The one way an amount is shown. */
export function MoneyText({ minor, currency = "USD", isSigned = false, className }: Props) {
  useT();
  return (
    <bdi
      dir="ltr"
      className={cx(
        "tabular whitespace-nowrap",
        isSigned && minor > 0 && "text-money-in",
        className,
      )}
    >
      {formatMoney(minor, currency, isSigned ? "both" : "none")}
    </bdi>
  );
}

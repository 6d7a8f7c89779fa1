import { useId } from "react";
import type { Quote, Speed } from "@/api/transfers/quote-transfer";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { moneyWords } from "@/lib/money";
import { shortDate } from "@/lib/time";

interface Props {
  value: Speed;
  onChange: (speed: Speed) => void;
  isInstantAble: boolean;
  standard: Quote | undefined;
  instant: Quote | undefined;
}

/** Standard beside instant, each with what arrives and when. */
export function SpeedPicker({ value, onChange, isInstantAble, standard, instant }: Props) {
  const t = useT();
  const name = useId();
  const quotes = { standard, instant };
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-sm font-semibold">{t("wallet.speed")}</legend>
      <div className="grid gap-3 sm:grid-cols-2">
        {(["standard", "instant"] as const).map((speed) => {
          const quote = quotes[speed];
          const isDisabled = speed === "instant" && !isInstantAble;
          const isChosen = speed === value;
          return (
            <label
              key={speed}
              data-testid={`speed-${speed}`}
              className={cx(
                "flex gap-3 rounded-card border bg-card p-4",
                "has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-[var(--focus)]",
                isChosen ? "border-primary shadow-[inset_0_0_0_1px_var(--primary)]" : "border-line",
                isDisabled ? "opacity-60" : "cursor-pointer",
              )}
            >
              <span className="min-w-0 flex-1">
                <span className="block font-semibold">{t(`wallet.speed.${speed}`)}</span>
                <span className="block text-sm text-muted">
                  {t(isDisabled ? "wallet.speed.unable" : `wallet.speed.${speed}.text`)}
                </span>
                {quote && !isDisabled && (
                  <span className="tabular mt-2 block text-sm font-semibold">
                    {t("wallet.speed.get", { amount: moneyWords(quote.net) })}
                    <span className="block font-normal text-muted">
                      {speed === "instant"
                        ? t("wallet.speed.fee", { amount: moneyWords(quote.fee) })
                        : t("wallet.speed.by", { date: shortDate(quote.expected_on) })}
                    </span>
                  </span>
                )}
              </span>
              <input
                type="radio"
                name={name}
                disabled={isDisabled}
                checked={isChosen}
                onChange={() => onChange(speed)}
                className="mt-0.5 size-5 shrink-0 accent-[var(--primary)] outline-none"
              />
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

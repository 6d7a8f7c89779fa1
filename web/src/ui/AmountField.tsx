import { type Ref, useId, useState } from "react";
import { AMOUNT_MAX, AMOUNT_MIN, parseAmount } from "@/lib/amount";
import { cx } from "@/lib/cx";
import { locale, useT } from "@/lib/i18n";
import { moneyWords } from "@/lib/money";

interface Props {
  label?: string;
  /** The text as typed; `parseAmount(value, locale())` reads it. */
  value: string;
  onChange: (text: string) => void;
  /** What is wrong beyond the writing: what the server said, a bound of this act. */
  error?: string | undefined;
  /** Says what is wrong with the writing before the field was left: after a press of the button. */
  isChecked?: boolean;
  hint?: React.ReactNode;
  /** The most that may be entered; cents. */
  max?: number;
  onEnter?: () => void;
  disabled?: boolean;
  autoFocus?: boolean;
  ref?: Ref<HTMLInputElement>;
}

/** Says in words what is wrong with an amount as typed. */
export function useAmountFault(max = AMOUNT_MAX): (text: string) => string | undefined {
  const t = useT();
  return (text) => {
    const { why } = parseAmount(text, locale(), max);
    if (why === undefined) return undefined;
    return t(`amount.why.${why}`, {
      min: moneyWords(AMOUNT_MIN),
      max: moneyWords(max),
      example: moneyWords(123_450),
    });
  };
}

/** The one way an amount is entered: a field of text, as big as the number is important. */
export function AmountField({
  label,
  value,
  onChange,
  error,
  isChecked = false,
  hint,
  max = AMOUNT_MAX,
  onEnter,
  disabled,
  autoFocus,
  ref,
}: Props) {
  const t = useT();
  const id = useId();
  const fault = useAmountFault(max);
  const [isLeft, setLeft] = useState(false);
  // An empty field that was passed by is no mistake yet.
  const own = isChecked || (isLeft && value.trim() !== "") ? fault(value) : undefined;
  const shown = own ?? error;
  return (
    <div className="flex flex-col items-center gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold">
        {label ?? t("amount.label")}
      </label>
      <div
        dir="ltr"
        className={cx(
          "flex w-full max-w-96 items-center justify-center gap-1 rounded-card border px-4 py-2",
          "has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-[var(--focus)]",
          shown === undefined ? "border-control" : "border-danger",
          disabled ? "bg-sunk" : "bg-card",
        )}
      >
        <span aria-hidden="true" className="self-start pt-1.5 text-lg font-semibold text-muted">
          {"$"}
        </span>
        <input
          id={id}
          ref={ref}
          type="text"
          inputMode="decimal"
          enterKeyHint="next"
          autoComplete="off"
          placeholder="0"
          // biome-ignore lint/a11y/noAutofocus: the amount is why one came to this view
          autoFocus={autoFocus}
          maxLength={24}
          value={value}
          disabled={disabled}
          aria-invalid={shown !== undefined}
          aria-describedby={cx(
            hint !== undefined && `${id}-hint`,
            shown !== undefined && `${id}-error`,
          )}
          onChange={(event) => {
            setLeft(false);
            onChange(event.target.value);
          }}
          onBlur={() => setLeft(true)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || onEnter === undefined) return;
            event.preventDefault();
            setLeft(true);
            onEnter();
          }}
          style={{ width: `${Math.min(Math.max(value.length, 1), 12) + 0.6}ch` }}
          className="tabular min-w-[2ch] max-w-full bg-transparent text-2xl font-semibold tracking-tight outline-none placeholder:text-muted sm:text-3xl"
        />
      </div>
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-center text-sm text-muted">
          {hint}
        </p>
      )}
      <p
        id={`${id}-error`}
        role="alert"
        className={cx("text-center text-sm font-semibold text-danger", !shown && "sr-only")}
      >
        {shown}
      </p>
    </div>
  );
}

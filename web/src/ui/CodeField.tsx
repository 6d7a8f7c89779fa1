import { type Ref, useId } from "react";
import { cx } from "@/lib/cx";

interface Props {
  label: string;
  value: string;
  onChange: (code: string) => void;
  /** Called with the code as soon as it is whole. */
  onWhole?: (code: string) => void;
  length?: number;
  error?: string | undefined;
  /** It is being checked. */
  isBusy?: boolean;
  ref?: Ref<HTMLInputElement>;
}

/** A one-time code: one field, so that paste, autofill and screen readers work. */
export function CodeField({
  label,
  value,
  onChange,
  onWhole,
  length = 6,
  error,
  isBusy,
  ref,
}: Props) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold">
        {label}
      </label>
      <input
        id={id}
        ref={ref}
        dir="ltr"
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={length + 4}
        value={value}
        readOnly={isBusy}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
        onChange={(event) => {
          const code = event.target.value.normalize("NFKC").replace(/\D/g, "").slice(0, length);
          onChange(code);
          if (code.length === length && code !== value) onWhole?.(code);
        }}
        className={cx(
          "tabular min-h-14 w-full rounded-card border bg-card px-4 text-center text-xl font-semibold tracking-[0.3em] read-only:bg-sunk",
          error === undefined ? "border-control" : "border-danger",
        )}
      />
      {error !== undefined && (
        <p id={`${id}-error`} role="alert" className="text-sm font-semibold text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

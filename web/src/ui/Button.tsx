import type { ButtonHTMLAttributes, MouseEvent, ReactNode, Ref } from "react";
import { cx } from "@/lib/cx";
import { Spinner } from "./Spinner";

type Look = "primary" | "secondary" | "quiet" | "danger";

const looks: Record<Look, string> = {
  primary: "bg-primary text-on-primary hover:brightness-110 border-transparent",
  secondary: "bg-card text-text border-control hover:bg-sunk",
  quiet: "bg-transparent text-primary border-transparent hover:bg-tint",
  danger: "bg-card text-danger border-danger hover:bg-danger-tint",
};

/** The classes of a button, for links that look like one. */
export function buttonClass(look: Look = "primary", isWide = false): string {
  return cx(
    "inline-flex min-h-11 items-center justify-center gap-2 rounded-full border px-5 text-base font-semibold",
    "transition-[filter,background-color,transform] duration-150 active:scale-[0.98] select-none",
    "disabled:opacity-45 disabled:active:scale-100 aria-disabled:opacity-45",
    looks[look],
    isWide && "w-full",
  );
}

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  isWide?: boolean;
  /** Shows that it works, and takes no second press. */
  isBusy?: boolean;
  /** Takes no press for a while. */
  isResting?: boolean;
  children: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

function stop(event: MouseEvent): void {
  event.preventDefault();
}

/** A button. One that only waits keeps the focus: what is `disabled` would lose it. */
export function Button({
  look,
  isWide,
  isBusy = false,
  isResting = false,
  children,
  className,
  ...rest
}: Props) {
  const isOff = isBusy || isResting;
  return (
    <button
      type="button"
      aria-disabled={isOff}
      {...rest}
      {...(isOff ? { onClick: stop } : {})}
      aria-busy={isBusy}
      className={cx(buttonClass(look, isWide), className)}
    >
      {isBusy && <Spinner />}
      {children}
    </button>
  );
}

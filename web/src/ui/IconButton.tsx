import type { ButtonHTMLAttributes, ReactNode } from "react";
import { cx } from "@/lib/cx";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** What it does, for who cannot see the picture. */
  label: string;
  children: ReactNode;
}

export const iconButtonClass =
  "inline-flex size-11 shrink-0 items-center justify-center rounded-full text-muted hover:bg-sunk hover:text-text transition-colors duration-150";

export function IconButton({ label, children, className, ...rest }: Props) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={cx(iconButtonClass, className)}
    >
      {children}
    </button>
  );
}

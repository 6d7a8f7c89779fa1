import type { HTMLAttributes } from "react";
import { cx } from "@/lib/cx";

/** A sheet of paper on the page. */
export function Card({ className, ...rest }: HTMLAttributes<HTMLDivElement>) {
  return <div {...rest} className={cx("rounded-card border border-line bg-card", className)} />;
}

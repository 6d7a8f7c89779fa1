import type { ReactNode } from "react";
import { cx } from "@/lib/cx";

const tones = {
  calm: "bg-sunk text-text",
  warning: "bg-warning-tint text-text",
  bad: "bg-danger-tint text-text",
  good: "bg-good-tint text-text",
};

interface Props {
  tone?: keyof typeof tones;
  icon?: ReactNode;
  title?: string;
  children?: ReactNode;
}

/** Something to know, in the flow of the page. */
export function Notice({ tone = "calm", icon, title, children }: Props) {
  return (
    <div className={cx("flex gap-3 rounded-card p-4 text-sm", tones[tone])}>
      {icon}
      <div className="min-w-0 flex-1">
        {title && <p className="font-semibold">{title}</p>}
        {children}
      </div>
    </div>
  );
}

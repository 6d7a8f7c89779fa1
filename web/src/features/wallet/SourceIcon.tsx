import { CreditCard, Landmark } from "lucide-react";
import type { Source } from "@/api/sources/get-sources";
import { cx } from "@/lib/cx";

/** A bank or a card, as a picture; its name stands beside it. */
export function SourceIcon({ source }: { source: Source }) {
  const Icon = source.kind === "bank" ? Landmark : CreditCard;
  const isGone = source.state === "REMOVED";
  return (
    <span
      className={cx(
        "inline-flex size-11 shrink-0 items-center justify-center rounded-full",
        isGone ? "bg-sunk text-muted" : "bg-tint text-primary",
      )}
    >
      <Icon size={20} aria-hidden="true" />
    </span>
  );
}

import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import type { MessageId } from "@/locales/ids";

type Tone = "calm" | "good" | "bad" | "waiting";

const tones: Record<Tone, string> = {
  calm: "bg-sunk text-muted",
  good: "bg-good-tint text-money-in",
  bad: "bg-danger-tint text-danger",
  waiting: "bg-warning-tint text-warning",
};

/** A state in words. */
export function StateBadge({ label, tone = "calm" }: { label: MessageId; tone?: Tone }) {
  const t = useT();
  return (
    <span
      className={cx(
        "inline-flex items-center rounded-full px-2.5 py-0.5 text-xs font-semibold whitespace-nowrap",
        tones[tone],
      )}
    >
      {t(label)}
    </span>
  );
}

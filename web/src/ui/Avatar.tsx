import { cx } from "@/lib/cx";

const hues = [12, 36, 82, 150, 178, 205, 232, 262, 292, 330];

function number(seed: string): number {
  let sum = 7;
  for (const character of seed) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 2_147_483_647;
  return sum;
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? "?")][0] ?? "?";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : "";
  return (first + last).toLocaleUpperCase();
}

interface Props {
  seed: string;
  name: string;
  size?: number;
  className?: string;
}

/** A picture drawn of the person's seed, the same everywhere. The name stands beside it as text. */
export function Avatar({ seed, name, size = 44, className }: Props) {
  const n = number(seed);
  const hue = hues[n % hues.length] ?? 232;
  return (
    <span
      aria-hidden="true"
      // Drawn, not text: a link that shows nothing else need not be called by two letters.
      data-initials={initials(name)}
      className={cx(
        "inline-flex shrink-0 items-center justify-center rounded-full font-semibold",
        "before:content-[attr(data-initials)]",
        className,
      )}
      style={{
        width: size,
        height: size,
        fontSize: Math.round(size * 0.38),
        color: `hsl(${hue} 60% 20%)`,
        background: `linear-gradient(${(n % 8) * 45}deg, hsl(${hue} 70% 84%), hsl(${(hue + 40) % 360} 68% 74%))`,
      }}
    />
  );
}

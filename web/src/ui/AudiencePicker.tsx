import { Globe, Lock, Users } from "lucide-react";
import { useId } from "react";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";

export type Audience = "private" | "friends" | "public";
const audiences: readonly Audience[] = ["private", "friends", "public"];
const icons = { private: Lock, friends: Users, public: Globe };

/** The picture of an audience; its word stands beside it or as its title. */
export function AudienceIcon({ audience, size = 16 }: { audience: Audience; size?: number }) {
  const Icon = icons[audience];
  return <Icon size={size} aria-hidden="true" />;
}

interface Props {
  label: string;
  value: Audience;
  onChange: (audience: Audience) => void;
  isDisabled?: boolean;
}

/** Who sees it: three radio buttons, the stricter first. */
export function AudiencePicker({ label, value, onChange, isDisabled = false }: Props) {
  const t = useT();
  const name = useId();
  return (
    <fieldset disabled={isDisabled} className="min-w-0">
      <legend className="mb-1.5 text-sm font-semibold">{label}</legend>
      <div className="grid grid-cols-3 gap-1 rounded-full bg-sunk p-1">
        {audiences.map((audience) => (
          <label
            key={audience}
            className={cx(
              "flex min-h-11 cursor-pointer items-center justify-center gap-1.5 rounded-full px-2 text-sm font-semibold",
              "has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-[var(--focus)]",
              value === audience
                ? "bg-card text-text shadow-[0_0_0_1px_var(--line)]"
                : "text-muted",
            )}
          >
            <input
              type="radio"
              name={name}
              value={audience}
              checked={value === audience}
              onChange={() => onChange(audience)}
              className="sr-only"
            />
            <AudienceIcon audience={audience} />
            {t(`audience.${audience}` as const)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

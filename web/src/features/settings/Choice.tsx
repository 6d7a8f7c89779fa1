import { useId } from "react";

interface Props<V extends string> {
  label: string;
  value: V;
  options: readonly { value: V; label: string; text?: string; lang?: string }[];
  onChange: (value: V) => void;
}

/** One of a few, each on a line of its own. */
export function Choice<V extends string>({ label, value, options, onChange }: Props<V>) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="sr-only">{label}</legend>
      <div className="divide-y divide-line">
        {options.map((option) => (
          <label
            key={option.value}
            className="flex min-h-13 cursor-pointer items-center gap-3 px-4 py-2 hover:bg-sunk"
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={value === option.value}
              onChange={() => onChange(option.value)}
              className="size-5 shrink-0 accent-[var(--primary)]"
            />
            <span className="min-w-0 flex-1">
              <span lang={option.lang} className="block font-semibold">
                {option.label}
              </span>
              {option.text && <span className="block text-sm text-muted">{option.text}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

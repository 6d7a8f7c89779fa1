import { useId } from "react";
import type { Source } from "@/api/sources/get-sources";
import { SourceIcon } from "./SourceIcon";
import { SourceName } from "./SourceName";

interface Props {
  label: string;
  sources: readonly Source[];
  value: string;
  onChange: (id: string) => void;
}

/** Which bank: only those that can. */
export function SourcePicker({ label, sources, value, onChange }: Props) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-sm font-semibold">{label}</legend>
      <div className="divide-y divide-line overflow-hidden rounded-card border border-line bg-card">
        {sources.map((source) => (
          <label
            key={source.id}
            className="flex min-h-16 cursor-pointer items-center gap-3 px-4 py-2.5 has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-[var(--focus)]"
          >
            <SourceIcon source={source} />
            <SourceName source={source} />
            <input
              type="radio"
              name={name}
              checked={source.id === value}
              onChange={() => onChange(source.id)}
              className="size-5 shrink-0 accent-[var(--primary)] outline-none"
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

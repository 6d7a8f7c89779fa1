import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useT } from "@/lib/i18n";

const PAUSE_MS = 300;

interface Props {
  value: string;
  onSearch: (text: string | undefined) => void;
}

/** Looks for words in notes and names, a moment after the last key. */
export function SearchField({ value, onSearch }: Props) {
  const t = useT();
  const [text, setText] = useState(value);
  const asked = useRef(value);
  // What the address says anew (Clear, Back) stands in the field.
  useEffect(() => {
    if (value !== asked.current) setText(value);
    asked.current = value;
  }, [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `onSearch` is new at each render
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === asked.current) return undefined;
    const timer = setTimeout(() => {
      asked.current = wanted;
      onSearch(wanted || undefined);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <search className="relative min-w-0 flex-1">
      <Search
        size={20}
        aria-hidden="true"
        className="pointer-events-none absolute start-4 top-1/2 -translate-y-1/2 text-muted"
      />
      <input
        type="search"
        aria-label={t("activity.search")}
        placeholder={t("activity.search")}
        autoComplete="off"
        maxLength={100}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className="min-h-12 w-full rounded-full border border-control bg-card ps-12 pe-4 placeholder:text-muted"
      />
    </search>
  );
}

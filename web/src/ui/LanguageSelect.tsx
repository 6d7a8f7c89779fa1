import { Languages } from "lucide-react";
import { useId } from "react";
import { choose, type Language, languages, locale, useT } from "@/lib/i18n";

/** The language of the app on this device; each language calls itself by its own name. */
export function LanguageSelect() {
  const t = useT();
  const id = useId();
  return (
    <span className="inline-flex items-center gap-2 text-sm text-muted">
      <Languages size={20} aria-hidden="true" />
      <label htmlFor={id} className="sr-only">
        {t("ui.language")}
      </label>
      <select
        id={id}
        value={locale()}
        onChange={(event) => void choose(event.target.value as Language)}
        className="min-h-11 rounded-card bg-bg px-2"
      >
        {Object.entries(languages).map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}

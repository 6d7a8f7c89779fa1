import { useState } from "react";
import { choose, type Language, languages, locale, useT } from "@/lib/i18n";
import { chooseTheme, chosenTheme, type Theme } from "@/lib/theme";
import { Page } from "@/ui/Page";
import { Choice } from "./Choice";
import { Section } from "./Section";

const themes: readonly Theme[] = ["light", "dark", "system"];

/** How the app looks and speaks on this device. */
export function LookPage() {
  const t = useT();
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <Page title={t("settings.menu.look")} back="/settings">
      <div className="flex flex-col gap-6">
        <Section title={t("settings.look.theme")}>
          <Choice
            label={t("settings.look.theme")}
            value={theme}
            options={themes.map((value) => ({
              value,
              label: t(`settings.look.theme.${value}` as const),
            }))}
            onChange={(chosen) => {
              chooseTheme(chosen);
              setTheme(chosen);
            }}
          />
        </Section>
        <Section title={t("ui.language")} text={t("settings.look.language")}>
          <Choice
            label={t("ui.language")}
            value={locale() as Language}
            options={Object.entries(languages).map(([tag, name]) => ({
              value: tag as Language,
              label: name,
              lang: tag,
            }))}
            onChange={(tag) => void choose(tag)}
          />
        </Section>
      </div>
    </Page>
  );
}

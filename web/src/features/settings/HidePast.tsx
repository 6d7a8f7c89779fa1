import { useState } from "react";
import { useHidePast } from "@/api/privacy/hide-past";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { ConfirmSheet } from "@/ui/ConfirmSheet";
import { Section } from "./Section";

/** Makes everything that was ever paid private, in one act. */
export function HidePast() {
  const t = useT();
  const hiding = useHidePast();
  const [isOpen, setOpen] = useState(false);
  return (
    <Section title={t("settings.past.title")} text={t("settings.past.text")}>
      <div className="flex flex-wrap items-center gap-3 p-4">
        <Button look="secondary" onClick={() => setOpen(true)}>
          {t("settings.past.do")}
        </Button>
        <p role="status" className="text-sm">
          {hiding.data && t("settings.past.done", { count: hiding.data.hidden })}
        </p>
      </div>
      <ConfirmSheet
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={t("settings.past.ask")}
        text={t("settings.past.askText")}
        act={t("settings.past.do")}
        look="primary"
        isBusy={hiding.isPending}
        error={hiding.error}
        onDo={() => hiding.mutate("private", { onSuccess: () => setOpen(false) })}
      />
    </Section>
  );
}

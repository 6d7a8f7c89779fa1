import { Lock } from "lucide-react";
import { useState } from "react";
import { useLock } from "@/api/auth/lock";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { ConfirmSheet } from "@/ui/ConfirmSheet";
import { Section } from "./Section";

/** The emergency brake: everything ends, and no money leaves until recovery. */
export function LockPart() {
  const t = useT();
  const locking = useLock();
  const [isOpen, setOpen] = useState(false);
  return (
    <Section title={t("settings.lock.title")} text={t("settings.lock.text")}>
      <div className="p-4">
        <Button look="danger" onClick={() => setOpen(true)}>
          <Lock size={20} aria-hidden="true" />
          {t("settings.lock.do")}
        </Button>
      </div>
      <ConfirmSheet
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={t("settings.lock.ask")}
        text={t("settings.lock.askText")}
        act={t("settings.lock.do")}
        isBusy={locking.isPending || locking.isSuccess}
        error={locking.error}
        onDo={() => locking.mutate()}
      />
    </Section>
  );
}

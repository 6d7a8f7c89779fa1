import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { useApp } from "@/api/app/get-app";
import { Personas } from "@/features/auth/Personas";
import { useT } from "@/lib/i18n";
import { forget } from "@/lib/leave";
import { tellTabs } from "@/lib/tabs";
import { Sheet } from "@/ui/Sheet";

const act = "inline-flex min-h-11 items-center px-1 font-semibold underline underline-offset-2";

/** Says for as long as one looks that the money is none; leads to the other people and their mails. */
export function DemoBanner() {
  const t = useT();
  const { data: app } = useApp();
  const [isOpen, setOpen] = useState(false);
  if (!app?.demo) return null;
  return (
    <aside
      aria-label={t("auth.demo")}
      className="flex items-center justify-center gap-x-3 bg-warning-tint px-4 text-sm whitespace-nowrap text-text"
    >
      <span className="inline-flex min-w-0 items-center gap-1.5">
        <FlaskConical size={16} aria-hidden="true" className="shrink-0 text-warning" />
        <span className="truncate">{t("auth.demo")}</span>
      </span>
      <button type="button" className={act} onClick={() => setOpen(true)}>
        {t("auth.demo.switch")}
      </button>
      {app.mailbox && (
        <a href={app.mailbox} target="_blank" rel="noreferrer" className={act}>
          {t("auth.demo.mailbox")}
        </a>
      )}
      <Sheet
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={t("auth.try.title")}
        text={t("auth.demo.switch.text")}
      >
        <Personas
          onEntered={(me) => {
            forget();
            tellTabs({ what: "in", id: me.id });
            location.assign("/");
          }}
        />
      </Sheet>
    </aside>
  );
}

import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { useT } from "@/lib/i18n";
import { buttonClass } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { Page } from "@/ui/Page";

/** An address that leads nowhere. */
export function Missing() {
  const t = useT();
  return (
    <Page title={t("app.missing.title")}>
      <EmptyState icon={<Compass size={28} aria-hidden="true" />} title={t("app.missing.text")}>
        <Link to="/" className={buttonClass()}>
          {t("app.missing.home")}
        </Link>
      </EmptyState>
    </Page>
  );
}

import { Link } from "@tanstack/react-router";
import { Hourglass } from "lucide-react";
import { useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { buttonClass } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Notice } from "@/ui/Notice";

/** Why somebody did not get in, and what to do. */
export function Trouble({ error, seconds }: { error: unknown; seconds: number }) {
  const t = useT();
  if (!error) return null;
  if (isProblem(error, "RATE_LIMITED")) {
    if (seconds === 0) return null;
    return (
      <Notice
        tone="warning"
        icon={<Hourglass size={20} aria-hidden="true" className="shrink-0 text-warning" />}
      >
        <p role="alert" className="font-semibold">
          {t("auth.wait.title")}
        </p>
        <p role="timer">{t("auth.wait.text", { seconds })}</p>
      </Notice>
    );
  }
  return (
    <ErrorPanel error={error}>
      {isProblem(error, "ACCOUNT_FROZEN") && (
        <Link to="/recover" className={buttonClass("secondary")}>
          {t("auth.recover.open")}
        </Link>
      )}
    </ErrorPanel>
  );
}

import { Link } from "@tanstack/react-router";
import { Bell as Sign } from "lucide-react";
import { useUnread } from "@/api/notifications/get-unread";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { iconButtonClass } from "@/ui/IconButton";

/** The bell, with how much is unread. */
export function Bell() {
  const t = useT();
  const { data: count = 0 } = useUnread();
  return (
    <Link
      to="/notifications"
      aria-label={t("nav.bell", { count })}
      className={cx(iconButtonClass, "relative")}
    >
      <Sign size={22} aria-hidden="true" />
      {count > 0 && (
        <span
          data-testid="notification-count"
          className="tabular absolute end-0.5 top-0.5 min-w-5 rounded-full bg-danger px-1 text-center text-xs font-bold text-on-danger"
        >
          {count > 99 ? "99+" : count}
        </span>
      )}
    </Link>
  );
}

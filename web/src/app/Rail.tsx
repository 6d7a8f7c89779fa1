import { Link } from "@tanstack/react-router";
import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { useState } from "react";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { IconButton } from "@/ui/IconButton";
import { Logo } from "@/ui/Logo";
import { places } from "./places";

const KEPT = "quid.rail";

/** The places at the side of a desktop; it can be made narrow, and stays so. */
export function Rail() {
  const t = useT();
  const [isNarrow, setNarrow] = useState(() => localStorage.getItem(KEPT) === "narrow");
  const toggle = () => {
    localStorage.setItem(KEPT, isNarrow ? "wide" : "narrow");
    setNarrow(!isNarrow);
  };
  const Icon = isNarrow ? PanelLeftOpen : PanelLeftClose;
  return (
    <div
      className={cx(
        "sticky top-0 hidden h-dvh shrink-0 flex-col border-e border-line bg-card p-3 lg:flex",
        isNarrow ? "w-[70px]" : "w-60",
      )}
    >
      <div className="mb-4 flex min-h-11 items-center justify-between">
        {!isNarrow && (
          <Link to="/" className="ps-2" aria-label={`Quid, ${t("nav.home")}`}>
            <Logo />
          </Link>
        )}
        <IconButton
          label={t(isNarrow ? "nav.widen" : "nav.narrow")}
          aria-expanded={!isNarrow}
          onClick={toggle}
        >
          <Icon size={20} aria-hidden="true" className="rtl:-scale-x-100" />
        </IconButton>
      </div>
      <nav aria-label={t("nav.main")}>
        <ul className="flex flex-col gap-1">
          {places.map(({ to, label, Icon: Sign, ...rest }) => (
            <li key={to}>
              <Link
                to={to}
                activeOptions={{ exact: "isExact" in rest }}
                title={isNarrow ? t(label) : undefined}
                className="flex min-h-11 items-center gap-3 rounded-full px-3 font-semibold text-muted hover:bg-sunk hover:text-text"
                activeProps={{ className: "!bg-tint !text-primary", "aria-current": "page" }}
              >
                <Sign size={20} aria-hidden="true" className="shrink-0" />
                <span className={isNarrow ? "sr-only" : undefined}>{t(label)}</span>
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </div>
  );
}

import { Link } from "@tanstack/react-router";
import { Home, List, Send, UserRound, Wallet } from "lucide-react";
import { useT } from "@/lib/i18n";

const five = [
  { to: "/", label: "nav.home", Icon: Home },
  { to: "/activity", label: "nav.activity", Icon: List },
  { to: "/pay", label: "nav.pay", Icon: Send },
  { to: "/wallet", label: "nav.wallet", Icon: Wallet },
  { to: "/settings", label: "nav.me", Icon: UserRound },
] as const;

export function BottomBar() {
  const t = useT();
  return (
    <nav
      aria-label={t("nav.main")}
      className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-card pb-[env(safe-area-inset-bottom)] lg:hidden"
    >
      <ul className="mx-auto flex max-w-[640px] items-stretch justify-around">
        {five.map(({ to, label, Icon }) => (
          <li key={to} className="flex-1">
            <Link
              to={to}
              activeOptions={{ exact: to === "/" }}
              className="flex min-h-16 flex-col items-center justify-center gap-1 text-xs font-semibold text-muted"
              activeProps={{ className: "!text-primary", "aria-current": "page" }}
            >
              {to === "/pay" ? (
                <span className="flex h-8 w-14 items-center justify-center rounded-full bg-primary text-on-primary">
                  <Icon size={20} aria-hidden="true" className="rtl:-scale-x-100" />
                </span>
              ) : (
                <span className="flex h-8 items-center">
                  <Icon size={22} aria-hidden="true" />
                </span>
              )}
              {t(label)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

import { Link } from "@tanstack/react-router";
import {
  Bell,
  ChevronRight,
  Gauge,
  HandCoins,
  IdCard,
  Inbox,
  Lock,
  LogOut,
  QrCode,
  ShieldCheck,
  SunMoon,
  UserRound,
  Users,
  Wallet,
} from "lucide-react";
import { useSignOut } from "@/api/auth/sign-out";
import { useMe } from "@/api/me/get-me";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Page } from "@/ui/Page";
import { PersonRow } from "@/ui/PersonRow";

const groups = [
  [
    { to: "/settings/profile", id: "profile", Icon: UserRound },
    { to: "/settings/verification", id: "verification", Icon: IdCard },
    { to: "/settings/limits", id: "limits", Icon: Gauge },
  ],
  [
    { to: "/settings/privacy", id: "privacy", Icon: Lock },
    { to: "/settings/security", id: "security", Icon: ShieldCheck },
    { to: "/settings/notifications", id: "notifications", Icon: Bell },
    { to: "/settings/look", id: "look", Icon: SunMoon },
  ],
  [
    { to: "/notifications", id: "inbox", Icon: Inbox },
    { to: "/requests", id: "requests", Icon: HandCoins },
    { to: "/wallet", id: "wallet", Icon: Wallet },
    { to: "/people", id: "people", Icon: Users },
    { to: "/qr", id: "qr", Icon: QrCode },
  ],
] as const;

/** Who is signed in, what they can set, and the way out. */
export function SettingsPage() {
  const t = useT();
  const { data: me } = useMe();
  const leaving = useSignOut();
  return (
    <Page title={t("nav.settings")}>
      <div className="flex flex-col gap-4">
        {me && (
          <Card className="px-4 py-1">
            <PersonRow person={me} detail={t(`settings.tier.${me.tier as 0 | 1 | 2}` as const)} />
          </Card>
        )}
        {groups.map((group) => (
          <Card key={group[0].id}>
            <ul className="divide-y divide-line">
              {group.map(({ to, id, Icon }) => (
                <li key={to}>
                  <Link
                    to={to}
                    className="flex min-h-14 items-center gap-3 rounded-card px-4 font-semibold hover:bg-sunk"
                  >
                    <Icon size={20} aria-hidden="true" className="shrink-0 text-muted" />
                    <span className="min-w-0 flex-1">{t(`settings.menu.${id}` as const)}</span>
                    <ChevronRight
                      size={20}
                      aria-hidden="true"
                      className="shrink-0 text-muted rtl:rotate-180"
                    />
                  </Link>
                </li>
              ))}
            </ul>
          </Card>
        ))}
        {leaving.error && <ErrorPanel error={leaving.error} />}
        <Button look="secondary" isWide isBusy={leaving.isPending} onClick={() => leaving.mutate()}>
          <LogOut size={20} aria-hidden="true" className="rtl:-scale-x-100" />
          {t("settings.signOut")}
        </Button>
      </div>
    </Page>
  );
}

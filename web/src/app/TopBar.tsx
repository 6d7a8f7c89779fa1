import { Link } from "@tanstack/react-router";
import { useMe } from "@/api/me/get-me";
import { useT } from "@/lib/i18n";
import { Avatar } from "@/ui/Avatar";
import { Logo } from "@/ui/Logo";
import { Bell } from "./Bell";

/** The name of the app, the bell, and who is signed in. */
export function TopBar() {
  const t = useT();
  const { data: me } = useMe();
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-bg/95 backdrop-blur lg:border-transparent">
      <div className="mx-auto flex min-h-14 max-w-[640px] items-center gap-1 px-4 md:px-6">
        <Link
          to="/"
          aria-label={`Quid, ${t("nav.home")}`}
          className="flex min-h-11 items-center lg:invisible"
        >
          <Logo />
        </Link>
        <span className="flex-1" />
        <Bell />
        {me && (
          <Link
            to="/settings"
            aria-label={t("nav.signedInAs", { name: me.display_name })}
            className="flex min-h-11 items-center gap-2 rounded-full px-1.5"
          >
            <Avatar seed={me.avatar_seed} name={me.display_name} size={32} />
            <span className="hidden max-w-40 truncate text-sm font-semibold md:block">
              {me.display_name}
            </span>
          </Link>
        )}
      </div>
    </header>
  );
}

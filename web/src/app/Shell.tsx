import { Outlet } from "@tanstack/react-router";
import { useT } from "@/lib/i18n";
import { BottomBar } from "./BottomBar";
import { DemoBanner } from "./DemoBanner";
import { Guards } from "./Guards";
import { LiveBar } from "./LiveBar";
import { Rail } from "./Rail";
import { TopBar } from "./TopBar";

/** The frame of the app: a bar of five below on phones, a rail at the side on desktops. */
export function Shell() {
  const t = useT();
  return (
    <>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:start-4 focus:top-4 focus:z-50 focus:rounded-full focus:bg-card focus:px-4 focus:py-2"
      >
        {t("app.skip")}
      </a>
      <Guards />
      <DemoBanner />
      <div className="lg:flex">
        <Rail />
        <div className="min-w-0 flex-1 pb-[calc(72px+env(safe-area-inset-bottom))] lg:pb-0">
          <TopBar />
          <LiveBar />
          <Outlet />
        </div>
      </div>
      <BottomBar />
    </>
  );
}

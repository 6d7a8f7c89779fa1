import { useMe } from "@/api/me/get-me";
import { useT } from "@/lib/i18n";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Page } from "@/ui/Page";
import { SkeletonRows } from "@/ui/Skeleton";
import { EventsPart } from "./EventsPart";
import { LockPart } from "./LockPart";
import { Passkeys } from "./Passkeys";
import { PasswordPart } from "./PasswordPart";
import { SessionsPart } from "./SessionsPart";
import { Totp } from "./Totp";

/** How I prove that it is me, where I am signed in, what happened, and the brake. */
export function SecurityPage() {
  const t = useT();
  const found = useMe();
  return (
    <Page title={t("settings.menu.security")} back="/settings">
      {found.isPending && <SkeletonRows label={t("ui.loading")} />}
      {found.isError && <ErrorPanel error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && (
        <div className="flex flex-col gap-6">
          <Passkeys />
          <Totp me={found.data} />
          <PasswordPart me={found.data} />
          <SessionsPart />
          <EventsPart />
          <LockPart />
        </div>
      )}
    </Page>
  );
}

import { useMe } from "@/api/me/get-me";
import { useT } from "@/lib/i18n";
import { shortDate } from "@/lib/time";
import { Avatar } from "@/ui/Avatar";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Page } from "@/ui/Page";
import { SkeletonRows } from "@/ui/Skeleton";
import { EmailForm } from "./EmailForm";
import { ProfileForm } from "./ProfileForm";
import { Section } from "./Section";

/** Who I am to others, and where mails reach me. */
export function ProfilePage() {
  const t = useT();
  const found = useMe();
  const me = found.data;
  return (
    <Page title={t("settings.menu.profile")} back="/settings">
      {found.isPending && <SkeletonRows label={t("ui.loading")} />}
      {found.isError && <ErrorPanel error={found.error} onRetry={() => void found.refetch()} />}
      {me && (
        <div className="flex flex-col gap-6">
          <div className="flex items-center gap-4">
            <Avatar seed={me.avatar_seed} name={me.display_name} size={64} />
            <div className="min-w-0">
              <p className="truncate text-lg font-semibold">
                <bdi>{me.display_name}</bdi>
              </p>
              <p className="truncate text-sm text-muted">
                <bdi dir="ltr">{`@${me.handle}`}</bdi>
                {" · "}
                {t("people.since", { date: shortDate(me.created_at) })}
              </p>
            </div>
          </div>
          <Section title={t("settings.profile.you")}>
            <div className="p-4">
              <ProfileForm me={me} />
            </div>
          </Section>
          <Section title={t("settings.email.title")} text={t("settings.email.text")}>
            <div className="p-4">
              <EmailForm email={me.email} />
            </div>
          </Section>
          {me.phone && (
            <Section title={t("settings.profile.phone")}>
              <p className="p-4">
                <bdi dir="ltr">{me.phone}</bdi>
              </p>
            </Section>
          )}
        </div>
      )}
    </Page>
  );
}

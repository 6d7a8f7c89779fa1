import { useMe } from "@/api/me/get-me";
import { useChangePrivacy } from "@/api/privacy/change-privacy";
import { type Privacy, usePrivacy } from "@/api/privacy/get-privacy";
import { useT } from "@/lib/i18n";
import { AudiencePicker } from "@/ui/AudiencePicker";
import { AudiencePreview } from "@/ui/AudiencePreview";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Page } from "@/ui/Page";
import { SkeletonRows } from "@/ui/Skeleton";
import { Toggle } from "@/ui/Toggle";
import { Choice } from "./Choice";
import { HidePast } from "./HidePast";
import { Section } from "./Section";

const viewers = ["me", "friends", "public"] as const;
const askers = ["anyone", "known", "friends", "nobody"] as const;

function Shown({ privacy }: { privacy: Privacy }) {
  const t = useT();
  const { data: me } = useMe();
  const changing = useChangePrivacy();
  const change = (what: Partial<Privacy>) => changing.mutate(what);
  return (
    <div className="flex flex-col gap-6">
      {changing.error && <ErrorPanel error={changing.error} />}
      <Section title={t("settings.privacy.payments")} text={t("settings.privacy.new")}>
        <div className="flex flex-col gap-4 p-4">
          <AudiencePicker
            label={t("settings.privacy.audience")}
            value={privacy.default_visibility}
            onChange={(default_visibility) => change({ default_visibility })}
          />
          <AudiencePreview
            audience={privacy.default_visibility}
            name={me?.display_name ?? ""}
            handle={me?.avatar_seed ?? ""}
          />
        </div>
        <div className="border-t border-line px-4">
          <Toggle
            label={t("settings.privacy.amount")}
            text={t("settings.privacy.amountText")}
            isOn={privacy.show_amount}
            onChange={(show_amount) => change({ show_amount })}
          />
        </div>
      </Section>
      <HidePast />
      <Section title={t("settings.privacy.found")}>
        <div className="divide-y divide-line px-4">
          <Toggle
            label={t("settings.privacy.email")}
            text={t("settings.privacy.emailText")}
            isOn={privacy.findable_by_email}
            onChange={(findable_by_email) => change({ findable_by_email })}
          />
          {me?.phone && (
            <Toggle
              label={t("settings.privacy.phone")}
              text={t("settings.privacy.phoneText")}
              isOn={privacy.findable_by_phone}
              onChange={(findable_by_phone) => change({ findable_by_phone })}
            />
          )}
        </div>
      </Section>
      <Section title={t("settings.privacy.friends")}>
        <Choice
          label={t("settings.privacy.friends")}
          value={privacy.friend_list}
          options={viewers.map((value) => ({
            value,
            label: t(`settings.privacy.list.${value}` as const),
          }))}
          onChange={(friend_list) => change({ friend_list })}
        />
      </Section>
      <Section title={t("settings.privacy.requests")}>
        <Choice
          label={t("settings.privacy.requests")}
          value={privacy.who_may_request}
          options={askers.map((value) => ({
            value,
            label: t(`settings.privacy.ask.${value}` as const),
          }))}
          onChange={(who_may_request) => change({ who_may_request })}
        />
        <div className="border-t border-line px-4">
          <Toggle
            label={t("settings.privacy.reminders")}
            text={t("settings.privacy.remindersText")}
            isOn={privacy.reminders}
            onChange={(reminders) => change({ reminders })}
          />
        </div>
      </Section>
    </div>
  );
}

/** What others may see of me, and ask of me; each change holds at once. */
export function PrivacyPage() {
  const t = useT();
  const found = usePrivacy();
  return (
    <Page title={t("settings.menu.privacy")} back="/settings">
      {found.isPending && <SkeletonRows label={t("ui.loading")} />}
      {found.isError && <ErrorPanel error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <Shown privacy={found.data} />}
    </Page>
  );
}

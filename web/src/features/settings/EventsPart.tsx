import { useSecurityEvents } from "@/api/sessions/get-events";
import { useT } from "@/lib/i18n";
import { fullTime } from "@/lib/time";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { SkeletonRows } from "@/ui/Skeleton";
import { Section } from "./Section";

/** What happened to the safety of the account. */
export function EventsPart() {
  const t = useT();
  const found = useSecurityEvents();
  const events = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title={t("settings.events.title")} text={t("settings.events.text")}>
      {found.isPending && (
        <div className="px-4">
          <SkeletonRows count={3} label={t("ui.loading")} />
        </div>
      )}
      {found.error && <ErrorPanel error={found.error} onRetry={() => void found.refetch()} />}
      <ul className="divide-y divide-line">
        {events.map((event) => (
          <li key={event.id} className="px-4 py-3">
            <p className="font-semibold">{t(`notifications.security.${event.kind}` as const)}</p>
            <p className="text-sm text-muted">
              <time dateTime={event.at}>{fullTime(event.at)}</time>
              {" · "}
              <bdi>{event.device}</bdi>
              {" · "}
              <bdi>{event.place}</bdi>
            </p>
          </li>
        ))}
      </ul>
      {found.isSuccess && events.length === 0 && (
        <p className="p-4 text-sm text-muted">{t("settings.events.none")}</p>
      )}
      {found.hasNextPage && (
        <div className="border-t border-line p-4">
          <Button
            look="secondary"
            isBusy={found.isFetchingNextPage}
            onClick={() => void found.fetchNextPage()}
          >
            {t("ui.more")}
          </Button>
        </div>
      )}
    </Section>
  );
}

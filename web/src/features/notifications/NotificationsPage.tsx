import { Link, useSearch } from "@tanstack/react-router";
import { Bell, CheckCheck } from "lucide-react";
import { toast } from "sonner";
import { type InboxTab, type Notice, useInbox } from "@/api/notifications/get-inbox";
import { useUnread } from "@/api/notifications/get-unread";
import { useMarkRead } from "@/api/notifications/mark-read";
import { useT } from "@/lib/i18n";
import { dayName } from "@/lib/time";
import { Button, buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { ListEnd } from "@/ui/ListEnd";
import { Page } from "@/ui/Page";
import { SkeletonRows } from "@/ui/Skeleton";
import { Tabs } from "@/ui/Tabs";
import { NoticeRow } from "./NoticeRow";

const tabs: readonly InboxTab[] = ["all", "payments", "social", "security"];

function byDay(notices: readonly Notice[]): [string, Notice[]][] {
  const days = new Map<string, Notice[]>();
  for (const notice of notices) {
    const day = new Date(notice.at).toDateString();
    days.set(day, [...(days.get(day) ?? []), notice]);
  }
  return [...days];
}

function Items({ tab, onRead }: { tab: InboxTab; onRead: (id: string) => void }) {
  const t = useT();
  const found = useInbox(tab);
  if (found.isPending) return <SkeletonRows label={t("ui.loading")} />;
  if (found.data === undefined) {
    return <ErrorPanel error={found.error} onRetry={() => void found.refetch()} />;
  }
  const notices = found.data.pages.flatMap((page) => page.items);
  if (notices.length === 0) {
    return (
      <EmptyState
        icon={<Bell size={28} aria-hidden="true" />}
        title={t("notifications.empty.title")}
        text={t("notifications.empty.text")}
      >
        <Link to="/pay" className={buttonClass("secondary")}>
          {t("nav.pay")}
        </Link>
      </EmptyState>
    );
  }
  return (
    <>
      {byDay(notices).map(([day, items]) => (
        <section key={day} aria-labelledby={`day-${day}`} className="mb-5">
          <h2 id={`day-${day}`} className="mb-2 text-sm font-semibold text-muted">
            {dayName(items[0]?.at ?? day)}
          </h2>
          <Card className="overflow-hidden">
            <ul data-testid="notifications" className="divide-y divide-line">
              {items.map((notice) => (
                <NoticeRow key={notice.id} notice={notice} onRead={onRead} />
              ))}
            </ul>
          </Card>
        </section>
      ))}
      <ListEnd list={found} />
    </>
  );
}

/** The inbox. */
export function NotificationsPage() {
  const t = useT();
  const search = useSearch({ strict: false }) as { tab?: string };
  const tab = tabs.find((name) => name === search.tab) ?? "all";
  const { data: unread = 0 } = useUnread();
  const newest = useInbox("all").data?.pages[0]?.items[0]?.at;
  const mark = useMarkRead();
  const undo = (ids: string[]) => {
    for (let at = 0; at < ids.length; at += 200) {
      mark.mutate({ ids: ids.slice(at, at + 200), is_read: false });
    }
  };
  const markAll = () => {
    if (newest === undefined) return;
    mark.mutate(
      { before: newest, is_read: true },
      {
        onSuccess: ({ ids }) =>
          toast(t("notifications.marked", { count: ids.length }), {
            action: { label: t("notifications.undo"), onClick: () => undo(ids) },
          }),
      },
    );
  };
  return (
    <Page
      title={t("notifications.title")}
      end={
        unread > 0 && (
          <Button look="quiet" isBusy={mark.isPending} onClick={markAll}>
            <CheckCheck size={20} aria-hidden="true" />
            {t("notifications.markAll")}
          </Button>
        )
      }
    >
      <Tabs
        label={t("notifications.title")}
        tabs={tabs.map((name) => ({
          label: t(`notifications.tab.${name}` as const),
          search: name === "all" ? {} : { tab: name },
          isActive: name === tab,
        }))}
      />
      {mark.error && (
        <div className="mt-3">
          <ErrorPanel error={mark.error} />
        </div>
      )}
      <div className="mt-3">
        <Items key={tab} tab={tab} onRead={(id) => mark.mutate({ ids: [id], is_read: true })} />
      </div>
    </Page>
  );
}

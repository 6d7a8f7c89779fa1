import { CircleCheck } from "lucide-react";
import { useHolds } from "@/api/holds/get-holds";
import { useT } from "@/lib/i18n";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Page } from "@/ui/Page";
import { Skeleton } from "@/ui/Skeleton";
import { HoldCard } from "./HoldCard";
import { Works } from "./Works";

/** What I may not do for now: why, until when, what still works, and what I can do. */
export function HoldPage() {
  const t = useT();
  const { data, error, refetch } = useHolds();
  return (
    <Page title={t("hold.title")} back="/">
      {!data && !error && <Skeleton className="h-80" />}
      {!data && error && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 && (
        <EmptyState
          icon={<CircleCheck size={28} aria-hidden="true" />}
          title={t("hold.none.title")}
          text={t("hold.none.text")}
        />
      )}
      {data && data.length > 0 && (
        <>
          <p className="mb-4 text-muted">{t("hold.intro")}</p>
          <ul className="flex flex-col gap-4">
            {data.map((hold) => (
              <li key={hold.id}>
                <HoldCard hold={hold} />
              </li>
            ))}
          </ul>
          <Works holds={data} />
        </>
      )}
    </Page>
  );
}

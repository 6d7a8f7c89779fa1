import { Link } from "@tanstack/react-router";
import { ReceiptText, SearchX } from "lucide-react";
import { useCallback, useEffect, useRef } from "react";
import { type ActivityFilters, type Line, useActivity } from "@/api/activity/get-activity";
import { useT } from "@/lib/i18n";
import { dayName } from "@/lib/time";
import { Button, buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { SkeletonRows } from "@/ui/Skeleton";
import { Row } from "./Row";

interface Props {
  filters: ActivityFilters;
  onClear: () => void;
}

/** The lines by days, page after page to the end. */
export function Lines({ filters, onClear }: Props) {
  const t = useT();
  const asked = useActivity(filters);
  const { data, fetchNextPage, hasNextPage, isFetching, isFetchNextPageError } = asked;
  const next = useCallback(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  const end = useNear(next);
  if (asked.isPending) return <SkeletonRows count={8} label={t("ui.loading")} />;
  if (data === undefined) {
    return (
      <div className="mt-4">
        <ErrorPanel error={asked.error} onRetry={() => void asked.refetch()} />
      </div>
    );
  }
  const lines = data.pages.flatMap((page) => page.items);
  if (lines.length === 0) {
    return (
      <div role="status">
        <Nothing isFiltered={Object.keys(filters).length > 0} onClear={onClear} />
      </div>
    );
  }
  return (
    <div data-testid="activity">
      {daysOf(lines).map(({ day, at, lines: ofDay }, place) => (
        <section key={day} aria-label={dayName(at)} className="mt-5">
          <div className="mb-2 flex justify-between gap-4 text-sm text-muted">
            <h2 className="font-semibold">{dayName(at)}</h2>
            {place === 0 && <p aria-hidden="true">{t("activity.balance")}</p>}
          </div>
          <Card className="overflow-hidden">
            <ul className="divide-y divide-line">
              {ofDay.map((line) => (
                <li key={line.id}>
                  <Row line={line} />
                </li>
              ))}
            </ul>
          </Card>
        </section>
      ))}
      <div ref={end} />
      {hasNextPage && !isFetchNextPageError && <SkeletonRows count={3} label={t("ui.loading")} />}
      {isFetchNextPageError && (
        <div className="mt-4">
          <ErrorPanel error={asked.error} onRetry={() => void fetchNextPage()} />
        </div>
      )}
      {!hasNextPage && (
        <p data-testid="activity-end" className="py-6 text-center text-sm text-muted">
          {t("ui.end")}
        </p>
      )}
    </div>
  );
}

/** Lines of one day belong together; a line that two pages bring stands once. */
function daysOf(lines: readonly Line[]) {
  const days: { day: string; at: string; lines: Line[] }[] = [];
  for (const line of new Map(lines.map((each) => [each.id, each])).values()) {
    const day = new Date(line.at).toDateString();
    if (days.at(-1)?.day !== day) days.push({ day, at: line.at, lines: [] });
    days.at(-1)?.lines.push(line);
  }
  return days;
}

/** Calls when the element comes near, and again whenever the call is new and it is still near. */
function useNear(call: () => void) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting && call(), {
      rootMargin: "600px",
    });
    if (element.current) watcher.observe(element.current);
    return () => watcher.disconnect();
  }, [call]);
  return element;
}

function Nothing({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const t = useT();
  if (isFiltered) {
    return (
      <EmptyState
        icon={<SearchX size={28} aria-hidden="true" />}
        title={t("activity.none.range")}
        text={t("activity.none.rangeText")}
      >
        <Button look="secondary" onClick={onClear}>
          {t("activity.clear")}
        </Button>
        <Link to="/pay" className={buttonClass()}>
          {t("nav.pay")}
        </Link>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<ReceiptText size={28} aria-hidden="true" />}
      title={t("activity.none")}
      text={t("activity.none.text")}
    >
      <Link to="/pay" className={buttonClass()}>
        {t("nav.pay")}
      </Link>
      <Link to="/wallet/deposit" className={buttonClass("secondary")}>
        {t("activity.none.add")}
      </Link>
    </EmptyState>
  );
}

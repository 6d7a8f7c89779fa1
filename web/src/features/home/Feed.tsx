import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowUp, Inbox, SearchX } from "lucide-react";
import { useCallback, useMemo } from "react";
import { type FeedFilters, type FeedItem, type Scope, useFeed } from "@/api/feed/get-feed";
import { useT } from "@/lib/i18n";
import { Button, buttonClass } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { FeedList } from "./FeedList";
import { FeedSkeleton } from "./FeedSkeleton";
import { useHeldBack } from "./useHeldBack";

interface Props {
  scope: Scope;
  filters: FeedFilters;
}

/** A feed to its honest end. Live items wait behind a button; nothing moves under the reader. */
export function Feed({ scope, filters }: Props) {
  const t = useT();
  const feed = useFeed(scope, filters);
  const { data, fetchNextPage, hasNextPage, isFetching, isFetchNextPageError } = feed;
  const items = useMemo(() => {
    const all = data?.pages.flatMap((page) => page.items) ?? [];
    return [...new Map<string, FeedItem>(all.map((item) => [item.id, item])).values()];
  }, [data]);
  const { shown, waiting, place, show } = useHeldBack(items, isFetching);
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);

  if (feed.isPending) return <FeedSkeleton />;
  if (data === undefined) {
    return <ErrorPanel error={feed.error} onRetry={() => void feed.refetch()} />;
  }
  const isEmpty = shown.length === 0 && !hasNextPage;
  return (
    <>
      <div role="status" className="sticky top-20 z-10 flex h-0 justify-center overflow-visible">
        {waiting > 0 && (
          <Button className="rise h-11 shadow-lift" onClick={show} data-testid="feed-new">
            <ArrowUp size={18} aria-hidden="true" />
            {t("home.feed.new", { count: waiting })}
          </Button>
        )}
      </div>
      {isEmpty ? (
        <Nothing scope={scope} isFiltered={Object.keys(filters).length > 0} />
      ) : (
        <FeedList items={shown} place={place} onEnd={onEnd} />
      )}
      {/* Were it the anchor of the window, new rows would push the reader past themselves. */}
      <div className="[overflow-anchor:none]">
        {hasNextPage && !isFetchNextPageError && <FeedSkeleton count={2} />}
        {isFetchNextPageError && (
          <ErrorPanel error={feed.error} onRetry={() => void fetchNextPage()} />
        )}
        {!hasNextPage && shown.length > 0 && (
          <p data-testid="feed-end" className="py-6 text-center text-sm text-muted">
            {t("ui.end")}
          </p>
        )}
      </div>
    </>
  );
}

function Nothing({ scope, isFiltered }: { scope: Scope; isFiltered: boolean }) {
  const t = useT();
  const navigate = useNavigate();
  const Icon = isFiltered ? SearchX : Inbox;
  return (
    <EmptyState
      icon={<Icon size={28} aria-hidden="true" />}
      title={t(isFiltered ? "home.none.range" : `home.none.${scope}`)}
      text={t(isFiltered ? "home.none.rangeText" : "home.none.text")}
    >
      <Link to="/pay" className={buttonClass()}>
        {t("home.pay")}
      </Link>
      {isFiltered ? (
        <Button
          look="secondary"
          onClick={() => void navigate({ to: "/", search: scope === "all" ? {} : { scope } })}
        >
          {t("home.filter.clear")}
        </Button>
      ) : (
        <Link to="/people" className={buttonClass("secondary")}>
          {t("home.find")}
        </Link>
      )}
    </EmptyState>
  );
}

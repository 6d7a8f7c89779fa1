import { useSearch } from "@tanstack/react-router";
import { useApp } from "@/api/app/get-app";
import { useT } from "@/lib/i18n";
import { Page } from "@/ui/Page";
import { BalanceCard } from "./BalanceCard";
import { Feed } from "./Feed";
import { FeedSkeleton } from "./FeedSkeleton";
import { FeedTools } from "./FeedTools";
import { type FeedSearch, filtersOf, scopeOf } from "./filters";
import { Pending, usePending } from "./Pending";

/** What I have, what waits for me, and what people paid each other. */
export function HomePage() {
  const t = useT();
  const search: FeedSearch = useSearch({ strict: false });
  const app = useApp();
  const pending = usePending();
  const hasPublic = app.data?.public_feed ?? false;
  const scope = scopeOf(search, hasPublic);
  const filters = filtersOf(search);
  // What stands above the feed is known before it shows, so that nothing shifts.
  const isAsking = pending.isAsking || app.isPending;
  return (
    <Page title={t("nav.home")}>
      <BalanceCard />
      {isAsking ? (
        <FeedSkeleton />
      ) : (
        <>
          <Pending {...pending} />
          <section aria-labelledby="home-feed" className="mt-6">
            <h2 id="home-feed" className="sr-only">
              {t("home.feed")}
            </h2>
            <FeedTools
              search={search}
              scope={scope}
              hasPublic={hasPublic}
              isFiltered={Object.keys(filters).length > 0}
            />
            <Feed key={JSON.stringify([scope, filters])} scope={scope} filters={filters} />
          </section>
        </>
      )}
    </Page>
  );
}

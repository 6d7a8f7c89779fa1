import { Link } from "@tanstack/react-router";
import { Landmark, Plus } from "lucide-react";
import { type Source, useSources } from "@/api/sources/get-sources";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { SkeletonRows } from "@/ui/Skeleton";
import { StateBadge } from "@/ui/StateBadge";
import { RepairButton } from "./RepairButton";
import { SourceIcon } from "./SourceIcon";
import { SourceName } from "./SourceName";
import { sourceState } from "./words";

function Row({ source }: { source: Source }) {
  const t = useT();
  const said = sourceState(source);
  return (
    <li data-testid={`source-${source.id}`}>
      <Link
        to="/wallet/methods/$id"
        params={{ id: source.id }}
        className="flex min-h-16 items-center gap-3 px-4 py-2.5 -outline-offset-2 hover:bg-sunk"
      >
        <SourceIcon source={source} />
        <SourceName source={source} />
        {(source.state !== "VERIFIED" || source.needs !== null) && <StateBadge {...said} />}
      </Link>
      {(source.needs === "repair" || source.needs === "code") && (
        <div className="flex flex-wrap px-4 ps-18 pb-3">
          <RepairButton source={source} />
        </div>
      )}
      {source.needs === "amounts" && (
        <div className="px-4 ps-18 pb-3">
          <Link
            to="/wallet/methods/$id"
            params={{ id: source.id }}
            className={buttonClass("secondary")}
          >
            {t("wallet.amounts.enter")}
          </Link>
        </div>
      )}
    </li>
  );
}

/** My banks and cards; those that were removed stand greyed at the end. */
export function SourceList() {
  const t = useT();
  const { data: sources, error, refetch } = useSources();
  const live = sources?.filter((source) => source.state !== "REMOVED") ?? [];
  const gone = sources?.filter((source) => source.state === "REMOVED") ?? [];
  return (
    <section aria-labelledby="wallet-sources" className="mt-8">
      <div className="mb-2 flex min-h-11 items-center justify-between gap-3">
        <h2 id="wallet-sources" className="text-lg font-semibold">
          {t("wallet.sources")}
        </h2>
        {live.length > 0 && (
          <Link
            to="/wallet/add"
            className={cx(buttonClass("quiet"), "-me-3 shrink-0 !px-3 whitespace-nowrap")}
          >
            <Plus size={20} aria-hidden="true" />
            {t("wallet.add")}
          </Link>
        )}
      </div>
      {error && !sources && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {!sources && !error && <SkeletonRows count={2} label={t("ui.loading")} />}
      {sources && live.length === 0 && (
        <Card>
          <EmptyState
            icon={<Landmark size={28} aria-hidden="true" />}
            title={t("wallet.empty.title")}
            text={t("wallet.empty.text")}
          >
            <Link to="/wallet/add" className={buttonClass()}>
              {t("wallet.link")}
            </Link>
          </EmptyState>
        </Card>
      )}
      {live.length > 0 && (
        <Card className="overflow-hidden">
          <ul className="divide-y divide-line">
            {live.map((source) => (
              <Row key={source.id} source={source} />
            ))}
          </ul>
        </Card>
      )}
      {gone.length > 0 && (
        <details className="mt-3" open={gone.length <= 3}>
          <summary className="flex min-h-11 cursor-pointer items-center px-1 text-sm font-semibold text-muted">
            {t("wallet.removed", { count: gone.length })}
          </summary>
          <Card className="overflow-hidden bg-transparent">
            <ul className="divide-y divide-line">
              {gone.map((source) => (
                <Row key={source.id} source={source} />
              ))}
            </ul>
          </Card>
        </details>
      )}
    </section>
  );
}

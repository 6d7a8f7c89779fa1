import { Link } from "@tanstack/react-router";
import { ArrowDownToLine, ArrowUpFromLine } from "lucide-react";
import { type Source, useSources } from "@/api/sources/get-sources";
import { type Transfer, useTransfers } from "@/api/transfers/get-transfers";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { fullTime, shortDate } from "@/lib/time";
import { Card } from "@/ui/Card";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { ListEnd } from "@/ui/ListEnd";
import { MoneyText } from "@/ui/MoneyText";
import { SkeletonRows } from "@/ui/Skeleton";
import { StateBadge } from "@/ui/StateBadge";
import { phaseOf, phaseTones } from "./words";

function Row({ transfer, source }: { transfer: Transfer; source: Source | undefined }) {
  const t = useT();
  const Icon = transfer.kind === "deposit" ? ArrowDownToLine : ArrowUpFromLine;
  const phase = phaseOf(transfer.state);
  const hasMoved = phase !== "failed" && phase !== "cancelled" && phase !== "returned";
  const name = source?.label ?? t("wallet.someBank");
  return (
    <li data-testid={`transfer-${transfer.id}`}>
      <Link
        to="/wallet/transfers/$id"
        params={{ id: transfer.id }}
        className="flex min-h-16 items-center gap-3 px-4 py-2.5 -outline-offset-2 hover:bg-sunk"
      >
        <span className="inline-flex size-11 shrink-0 items-center justify-center rounded-full bg-sunk text-muted max-[359px]:hidden">
          <Icon size={20} aria-hidden="true" />
        </span>
        <span className="min-w-0 flex-1">
          <span className="block font-semibold">{t(`wallet.move.${transfer.kind}`)}</span>
          <span className="block truncate text-sm text-muted">
            <time dateTime={transfer.created_at} title={fullTime(transfer.created_at)}>
              {shortDate(transfer.created_at)}
            </time>
            {" · "}
            <bdi>{name}</bdi>
          </span>
        </span>
        <span className="flex shrink-0 flex-col items-end gap-1">
          <MoneyText
            minor={hasMoved && transfer.kind === "withdrawal" ? -transfer.amount : transfer.amount}
            currency={transfer.currency}
            isSigned={hasMoved}
            className={cx("font-semibold", !hasMoved && "text-muted line-through")}
          />
          <StateBadge label={`wallet.phase.${phase}`} tone={phaseTones[phase]} />
        </span>
      </Link>
    </li>
  );
}

/** Deposits and withdrawals, newest first. */
export function TransferList() {
  const t = useT();
  const { data: sources } = useSources();
  const found = useTransfers();
  const { data, error, refetch } = found;
  const transfers = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-labelledby="wallet-transfers" className="mt-8">
      <h2 id="wallet-transfers" className="mb-2 text-lg font-semibold">
        {t("wallet.transfers")}
      </h2>
      {error && !data && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonRows count={3} label={t("ui.loading")} />}
      {data && transfers.length === 0 && (
        <p className="text-sm text-muted">{t("wallet.transfers.none")}</p>
      )}
      {transfers.length > 0 && (
        <Card className="overflow-hidden">
          <ul className="divide-y divide-line">
            {transfers.map((transfer) => (
              <Row
                key={transfer.id}
                transfer={transfer}
                source={sources?.find((source) => source.id === transfer.funding_source_id)}
              />
            ))}
          </ul>
        </Card>
      )}
      {found.hasNextPage && <ListEnd list={found} />}
    </section>
  );
}

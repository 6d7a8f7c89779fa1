import { useParams } from "@tanstack/react-router";
import { toast } from "sonner";
import { useChooseDefault } from "@/api/sources/choose-default";
import { useSource } from "@/api/sources/get-source";
import type { Source } from "@/api/sources/get-sources";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Notice } from "@/ui/Notice";
import { Page } from "@/ui/Page";
import { Skeleton } from "@/ui/Skeleton";
import { StateBadge } from "@/ui/StateBadge";
import { AmountsForm } from "./AmountsForm";
import { Facts } from "./Facts";
import { RemoveSource } from "./RemoveSource";
import { RepairButton } from "./RepairButton";
import { SourceIcon } from "./SourceIcon";
import { useSourceDetail } from "./source-detail";
import { sourceState } from "./words";

function uses(source: Source, t: ReturnType<typeof useT>): string {
  const can = [
    (source.kind === "bank" ? source.can_deposit : source.verified) && t("wallet.use.pay"),
    source.can_deposit && t("wallet.use.deposit"),
    source.can_withdraw && t("wallet.use.withdraw"),
  ];
  const listed = can.filter(Boolean).join(", ");
  return listed.charAt(0).toLocaleUpperCase() + listed.slice(1) || t("wallet.use.none");
}

/** What the source waits for, with the way to give it. */
function Needed({ source }: { source: Source }) {
  const t = useT();
  if (source.needs === "amounts") return <AmountsForm source={source} />;
  if (source.needs !== null) {
    return (
      <Notice tone={source.needs === "repair" ? "bad" : "warning"}>
        <p>{t(`wallet.needs.${source.needs}`)}</p>
        {(source.needs === "repair" || source.needs === "code") && (
          <div className="mt-3 flex flex-wrap">
            <RepairButton source={source} />
          </div>
        )}
      </Notice>
    );
  }
  const isOver = ["EXPIRED", "FAILED", "DISABLED", "REMOVED"].includes(source.state);
  return isOver ? <Notice>{t(`wallet.over.${source.state as "EXPIRED"}`)}</Notice> : null;
}

function Details({ source }: { source: Source }) {
  const t = useT();
  const detail = useSourceDetail();
  const choose = useChooseDefault(source.id);
  const isLive = source.state !== "REMOVED";
  return (
    <div className="flex flex-col gap-6">
      <div className="flex items-center gap-4">
        <SourceIcon source={source} />
        <div className="min-w-0 flex-1">
          <p className="text-lg font-semibold">
            <bdi>{source.label}</bdi>
          </p>
          <p className="text-sm text-muted">{detail(source)}</p>
        </div>
        <StateBadge {...sourceState(source)} />
      </div>
      <Needed source={source} />
      {isLive && (
        <Card>
          <Facts
            facts={[
              { term: t("wallet.use"), text: uses(source, t) },
              ...(source.kind === "bank" && source.verified
                ? [
                    {
                      term: t("wallet.use.instant"),
                      text: t(source.instant ? "wallet.yes" : "wallet.no"),
                    },
                  ]
                : []),
              {
                term: t("wallet.source.default"),
                text: t(source.is_default ? "wallet.yes" : "wallet.no"),
              },
            ]}
          />
        </Card>
      )}
      {choose.error && <ErrorPanel error={choose.error} />}
      {source.verified && !source.is_default && (
        <Button
          look="secondary"
          isWide
          isBusy={choose.isPending}
          onClick={() =>
            choose.mutate(undefined, {
              onSuccess: () => toast(t("wallet.default.chosen", { name: source.label })),
            })
          }
        >
          {t(source.kind === "bank" ? "wallet.default.bank" : "wallet.default.card")}
        </Button>
      )}
      {isLive && <RemoveSource source={source} />}
    </div>
  );
}

/** A bank or a card: what it can do, what it waits for, and the way to remove it. */
export function SourcePage() {
  const t = useT();
  const { id = "" } = useParams({ strict: false });
  const { data: source, error, refetch } = useSource(id);
  const title = t(source && source.kind !== "bank" ? "wallet.a.card" : "wallet.a.bank");
  return (
    <Page title={title} back="/wallet">
      {error && !source && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {!source && !error && <Skeleton className="h-72" />}
      {source && <Details source={source} />}
    </Page>
  );
}

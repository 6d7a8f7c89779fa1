import { Link, useParams } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import { useMe } from "@/api/me/get-me";
import { type MoneyRequest, useRequest } from "@/api/requests/get-request";
import { rich, useT } from "@/lib/i18n";
import { fullTime, relative } from "@/lib/time";
import { Avatar } from "@/ui/Avatar";
import { buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { MoneyText } from "@/ui/MoneyText";
import { Notice } from "@/ui/Notice";
import { Page } from "@/ui/Page";
import { SkeletonRows } from "@/ui/Skeleton";
import { StateBadge } from "@/ui/StateBadge";
import { Acts } from "./Acts";
import { stateOf } from "./state";

function Times({ request }: { request: MoneyRequest }) {
  const t = useT();
  const isOpen = request.state === "PENDING";
  const lines: [string, string][] = [[t("requests.asked"), request.created_at]];
  if (request.ended_at !== null) lines.push([t(stateOf(request).label), request.ended_at]);
  if (isOpen) lines.push([t("requests.expires"), request.expires_at]);
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 text-sm">
      {lines.map(([word, at]) => (
        <div key={word} className="contents">
          <dt className="text-muted">{word}</dt>
          <dd className="text-end">
            <time dateTime={at} title={relative(at)}>
              {fullTime(at)}
            </time>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Whole({ request }: { request: MoneyRequest }) {
  const t = useT();
  const { data: me } = useMe();
  const isMine = request.requester.id === me?.id;
  const other = isMine ? request.requestee : request.requester;
  const paidBy = request.payment_ids[0];
  const isClosed = request.state !== "PENDING";
  return (
    <>
      <Card className="flex flex-col items-center gap-3 p-6 text-center">
        <Avatar seed={other.avatar_seed} name={other.display_name} size={64} />
        <p>
          {rich(isMine ? "requests.youAsk" : "requests.asksYou", {
            name: (
              <Link
                to="/people/$handle"
                params={{ handle: other.handle }}
                className="font-semibold underline-offset-4 hover:underline"
              >
                <bdi>{other.display_name}</bdi>
              </Link>
            ),
          })}
        </p>
        <MoneyText
          minor={request.amount}
          currency={request.currency}
          className="text-2xl font-semibold"
        />
        <p className="max-w-full">{request.note}</p>
        <StateBadge {...stateOf(request)} />
      </Card>
      {!isMine && !request.is_known && !isClosed && (
        <div className="mt-3">
          <Notice tone="warning" title={t("requests.strangers")}>
            {t("requests.caution")}
          </Notice>
        </div>
      )}
      <div role="status" className="mt-4">
        {request.is_being_paid && <Notice>{t("requests.payingText")}</Notice>}
        {isClosed && (
          <Notice>{t(`requests.closed.${request.state}` as "requests.closed.PAID")}</Notice>
        )}
      </div>
      <div className="mt-4">
        <Acts request={request} isWide />
        {paidBy !== undefined && (
          <Link
            to="/activity/$id"
            params={{ id: paidBy }}
            className={buttonClass("secondary", true)}
          >
            {t("requests.payment")}
            <ArrowRight size={18} aria-hidden="true" className="rtl:rotate-180" />
          </Link>
        )}
      </div>
      <Card className="mt-4 p-4">
        <Times request={request} />
      </Card>
    </>
  );
}

/** One request, as its two people see it; what may be done with it goes when it is over. */
export function RequestPage() {
  const t = useT();
  const { id } = useParams({ strict: false }) as { id: string };
  const found = useRequest(id);
  return (
    <Page title={t("requests.one")} back="/requests">
      {found.isPending && <SkeletonRows count={3} label={t("ui.loading")} />}
      {found.isLoadingError && (
        <ErrorPanel error={found.error} onRetry={() => void found.refetch()} />
      )}
      {found.data && <Whole request={found.data} />}
    </Page>
  );
}

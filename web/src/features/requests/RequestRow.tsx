import { Link } from "@tanstack/react-router";
import { rich, useT } from "@/lib/i18n";
import { fullTime, relative } from "@/lib/time";
import { Avatar } from "@/ui/Avatar";
import { MoneyText } from "@/ui/MoneyText";
import { StateBadge } from "@/ui/StateBadge";
import { Acts } from "./Acts";
import { type MoneyRequest, stateOf } from "./state";

/** A request in a list: who, for what, how long still, and what may be done with it. */
export function RequestRow({ request, isMine }: { request: MoneyRequest; isMine: boolean }) {
  const t = useT();
  const other = isMine ? request.requestee : request.requester;
  const isOpen = request.state === "PENDING";
  const at = isOpen ? request.expires_at : (request.ended_at ?? request.created_at);
  const hasActs = Object.values(request.can).some(Boolean);
  return (
    <li className="px-4 py-3">
      <Link
        to="/requests/$id"
        params={{ id: request.id }}
        className="-mx-2 flex min-h-14 items-start gap-3 rounded-card px-2 py-1 hover:bg-sunk"
      >
        <Avatar seed={other.avatar_seed} name={other.display_name} />
        <span className="min-w-0 flex-1">
          <span className="block">
            {rich(isMine ? "requests.youAsk" : "requests.asksYou", {
              name: <bdi className="font-semibold">{other.display_name}</bdi>,
            })}
          </span>
          <span className="block text-sm text-muted">{request.note}</span>
          <span className="mt-1 flex flex-wrap items-center gap-2 text-sm text-muted">
            {(!isOpen || request.is_being_paid) && <StateBadge {...stateOf(request)} />}
            <time dateTime={at} title={fullTime(at)}>
              {isOpen ? t("requests.ends", { when: relative(at) }) : relative(at)}
            </time>
          </span>
        </span>
        <MoneyText minor={request.amount} currency={request.currency} className="font-semibold" />
      </Link>
      {hasActs && (
        <div className="mt-2 ps-14">
          <Acts request={request} />
        </div>
      )}
    </li>
  );
}

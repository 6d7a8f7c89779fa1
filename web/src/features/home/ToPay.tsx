import { Link } from "@tanstack/react-router";
import type { components } from "@/api/schema";
import { rich, useT } from "@/lib/i18n";
import { Avatar } from "@/ui/Avatar";
import { buttonClass } from "@/ui/Button";
import { MoneyText } from "@/ui/MoneyText";

/** Somebody asks for money: read more, or pay. */
export function ToPay({ request }: { request: components["schemas"]["RequestView"] }) {
  const t = useT();
  const { requester } = request;
  return (
    <li className="flex items-center gap-2 pe-4 hover:bg-sunk">
      <Link
        to="/requests/$id"
        params={{ id: request.id }}
        className="flex min-h-14 min-w-0 flex-1 items-center gap-3 py-3 ps-4"
      >
        <Avatar seed={requester.avatar_seed} name={requester.display_name} size={36} />
        <span className="min-w-0 flex-1">
          <span className="block">
            {rich("home.asks", {
              name: <bdi className="font-semibold">{requester.display_name}</bdi>,
              amount: <MoneyText minor={request.amount} className="font-semibold" />,
            })}
          </span>
          <span className="block truncate text-sm text-muted">{request.note}</span>
        </span>
      </Link>
      {request.can.pay && (
        <Link
          to="/pay"
          search={{ request: request.id }}
          data-testid={`request-accept-${request.id}`}
          aria-label={t("home.payTo", { name: requester.display_name })}
          className={buttonClass("secondary")}
        >
          {t("home.pay")}
        </Link>
      )}
    </li>
  );
}

import { Link } from "@tanstack/react-router";
import {
  ArrowDownToLine,
  ArrowUpFromLine,
  Landmark,
  type LucideIcon,
  RotateCcw,
  Undo2,
} from "lucide-react";
import type { Line } from "@/api/activity/get-activity";
import { cx } from "@/lib/cx";
import { rich, useT } from "@/lib/i18n";
import { fullTime } from "@/lib/time";
import { Avatar } from "@/ui/Avatar";
import { MoneyText } from "@/ui/MoneyText";
import { PaymentBadge } from "@/ui/PaymentBadge";
import { kindLabels, placeOf } from "./words";

const icons: Record<Exclude<Line["kind"], "payment">, LucideIcon> = {
  deposit: ArrowDownToLine,
  withdrawal: ArrowUpFromLine,
  funding: Landmark,
  reversal: RotateCcw,
  release: Undo2,
  return: RotateCcw,
  recovery: Landmark,
  refund: Undo2,
  chargeback: RotateCcw,
};
const rowClass = "flex items-center gap-3 px-4 py-3";
/** States in which a line has changed, or will change, nothing. */
const nothing = new Set(["REJECTED", "DECLINED", "FAILED", "CANCELLED", "EXPIRED"]);

function Picture({ line: { kind, counterparty } }: { line: Line }) {
  if (kind === "payment" && counterparty) {
    return <Avatar seed={counterparty.avatar_seed} name={counterparty.display_name} />;
  }
  const Icon = kind === "payment" ? Undo2 : icons[kind];
  return (
    <span className="inline-flex size-11 shrink-0 items-center justify-center rounded-full bg-sunk text-muted">
      <Icon size={20} aria-hidden="true" />
    </span>
  );
}

/** A line: with whom, what for, what it did to my balance, and what that was after. */
export function Row({ line }: { line: Line }) {
  const t = useT();
  const place = placeOf(line);
  const { kind, counterparty, note, amount, currency, state, owed } = line;
  const isNothing = nothing.has(state);
  const isNamed = counterparty !== null;
  const isPlain = kind === "payment" || !isNamed;
  const said = isPlain ? note : [t(kindLabels[kind]), note].filter(Boolean).join(" · ");
  const shown = (
    <>
      <Picture line={line} />
      <span className="min-w-0 flex-1">
        <span className={cx("block font-semibold", isNamed && "truncate")}>
          {isNamed ? <bdi>{counterparty.display_name}</bdi> : t(kindLabels[kind])}
        </span>
        {said !== "" && (
          <span className="block truncate text-sm text-muted">
            <bdi>{said}</bdi>
          </span>
        )}
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
          <time dateTime={line.at} title={fullTime(line.at)} className="sr-only">
            {fullTime(line.at)}
          </time>
          <PaymentBadge state={state} />
          {owed > 0 && <span>{rich("activity.owed", { amount: <MoneyText minor={owed} /> })}</span>}
        </span>
      </span>
      <span className="flex shrink-0 flex-col items-end">
        <MoneyText
          minor={amount}
          currency={currency}
          isSigned={!isNothing}
          className={cx("font-semibold", isNothing && "font-normal text-muted line-through")}
        />
        {line.balance_after !== null && (
          <span className="text-sm text-muted">
            <span className="sr-only">{t("activity.balance")} </span>
            <MoneyText minor={line.balance_after} currency={currency} />
          </span>
        )}
      </span>
    </>
  );
  const shape = { "data-testid": `activity-${line.id}`, className: rowClass };
  if (place === undefined) return <div {...shape}>{shown}</div>;
  return (
    <Link
      to={place.to}
      params={{ id: place.id }}
      {...shape}
      className={cx(rowClass, "hover:bg-sunk")}
    >
      {shown}
    </Link>
  );
}

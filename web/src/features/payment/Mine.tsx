import { Link } from "@tanstack/react-router";
import { HandCoins, RotateCcw } from "lucide-react";
import { useEffect, useRef } from "react";
import type { FeedItem } from "@/api/feed/get-feed";
import { useMe } from "@/api/me/get-me";
import { isOpenPayment, type Payment } from "@/api/payments/get-payment";
import { amountText } from "@/lib/amount";
import { rich, useT } from "@/lib/i18n";
import { buttonClass } from "@/ui/Button";
import { FeedWords } from "@/ui/FeedCard";
import { MoneyText } from "@/ui/MoneyText";
import { PaymentBadge } from "@/ui/PaymentBadge";
import { StateBadge } from "@/ui/StateBadge";
import { Course } from "./Course";
import { Head } from "./Head";
import { Receipt } from "./Receipt";
import { Report } from "./Report";
import { Standing } from "./Standing";
import { Talk } from "./Talk";
import { WhoSees } from "./WhoSees";

/** States in which the money has gone, or is on its way. */
const gone = new Set(["COMPLETED", "REVERSED", "PROCESSING", "SETTLED"]);

interface Props {
  payment: Payment;
  /** What others see of it, once it has arrived: its likes and comments. */
  item: FeedItem | undefined;
}

/** A payment of mine, with everything that can be known and done. */
export function Mine({ payment, item }: Props) {
  const t = useT();
  const meId = useMe().data?.id;
  const isPayer = payment.payer.id === meId;
  const box = useFocusOnChange(payment.state);
  if (meId === undefined) return null;
  const { state, amount, currency, request_id: request } = payment;
  const hasArrived = state === "COMPLETED" || state === "REVERSED";
  const isOver = !gone.has(state) && !isOpenPayment(payment);
  return (
    <div className="flex flex-col gap-6">
      <div ref={box} tabIndex={-1} className="outline-none">
        <Head
          {...payment}
          words={hasArrived ? <FeedWords item={payment} meId={meId} /> : <To payment={payment} />}
          amount={
            <MoneyText
              minor={gone.has(state) && isPayer ? -amount : amount}
              currency={currency}
              isSigned={gone.has(state)}
              className="text-2xl font-semibold tracking-tight"
            />
          }
          badge={
            <span role="status" data-testid="payment-state">
              {state === "COMPLETED" ? (
                <StateBadge label={isPayer ? "payment.sent" : "payment.received"} tone="good" />
              ) : (
                <PaymentBadge state={state} />
              )}
            </span>
          }
          at={payment.completed_at ?? payment.created_at}
          audience={payment.visibility}
        />
      </div>
      <Standing payment={payment} />
      {(isOver || request !== null) && (
        <div className="flex flex-wrap justify-center gap-2">
          {isOver && isPayer && <Again payment={payment} />}
          {request !== null && (
            <Link to="/requests/$id" params={{ id: request }} className={buttonClass("secondary")}>
              <HandCoins size={20} aria-hidden="true" />
              {t("payment.request")}
            </Link>
          )}
        </div>
      )}
      <Receipt payment={payment} isPayer={isPayer} />
      <Course payment={payment} />
      {item && <Talk item={item} />}
      {payment.can.change_visibility && <WhoSees payment={payment} isPayer={isPayer} />}
      <Report payment={payment} />
    </div>
  );
}

/** After an act the button is gone: the focus goes to what the payment now says. */
function useFocusOnChange(state: string) {
  const box = useRef<HTMLDivElement>(null);
  const last = useRef(state);
  useEffect(() => {
    if (last.current !== state && document.activeElement === document.body) box.current?.focus();
    last.current = state;
  }, [state]);
  return box;
}

function To({ payment: { payee } }: { payment: Payment }) {
  return rich("payment.to", {
    name: (
      <Link
        to="/people/$handle"
        params={{ handle: payee.handle }}
        className="font-semibold hover:underline"
      >
        <bdi>{payee.display_name}</bdi>
      </Link>
    ),
  });
}

/** The same once more, as a new payment that is looked at before it is sent. */
function Again({ payment: { payee, amount, note } }: { payment: Payment }) {
  const t = useT();
  const search = { to: payee.handle, amount: amountText(amount, "en"), note };
  return (
    <Link to="/pay" search={search} className={buttonClass()}>
      <RotateCcw size={20} aria-hidden="true" />
      {t("payment.again")}
    </Link>
  );
}

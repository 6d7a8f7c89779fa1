import { Link } from "@tanstack/react-router";
import { ChevronRight, Landmark, ShieldAlert, ShieldCheck, Wallet } from "lucide-react";
import type { ReactNode } from "react";
import { useWaiting } from "@/api/activity/get-waiting";
import { useBalance } from "@/api/balance/get-balance";
import { useMe } from "@/api/me/get-me";
import { useToPay } from "@/api/requests/get-to-pay";
import { useSources } from "@/api/sources/get-sources";
import { rich, useT } from "@/lib/i18n";
import { Card } from "@/ui/Card";
import { MoneyText } from "@/ui/MoneyText";
import { ToPay } from "./ToPay";

/** What waits for the person; `isAsking` until all of it is known. */
export function usePending() {
  const asked = [useMe(), useBalance(), useToPay(), useWaiting(), useSources()] as const;
  const [me, balance, toPay, waiting, sources] = asked;
  const owed = balance.data?.owed ?? 0;
  // Who owes is on hold for it: one line says both.
  const holds = me.data?.on_hold.filter((hold) => owed === 0 || hold.reason_class !== "owed") ?? [];
  const scopes = new Set(holds.map((hold) => hold.scope));
  const broken = sources.data?.filter((source) => source.needs === "repair") ?? [];
  return {
    isAsking: asked.some((each) => each.isPending),
    owed,
    held: scopes.size > 1 ? ("all" as const) : [...scopes][0],
    broken,
    waiting: waiting.data ?? [],
    toPay: toPay.data,
  };
}

const rowClass = "flex min-h-14 items-center gap-3 px-4 py-3 hover:bg-sunk";

function Words({ icon, children, text }: { icon: ReactNode; children: ReactNode; text?: string }) {
  return (
    <>
      {icon}
      <span className="min-w-0 flex-1">
        <span className="block font-semibold">{children}</span>
        {text && <span className="block text-sm text-muted">{text}</span>}
      </span>
      <ChevronRight size={20} aria-hidden="true" className="shrink-0 text-muted rtl:rotate-180" />
    </>
  );
}

const alarm = "shrink-0 text-danger";
const calm = "shrink-0 text-primary";

/** What waits for the person, the most pressing first; nothing when there is nothing. */
export function Pending({ owed, held, broken, waiting, toPay }: ReturnType<typeof usePending>) {
  const t = useT();
  const asked = toPay?.items ?? [];
  const count =
    Number(owed > 0) + Number(held !== undefined) + broken.length + waiting.length + asked.length;
  if (count === 0) return null;
  return (
    <section aria-labelledby="home-pending" className="mt-6">
      <h2 id="home-pending" className="mb-2 text-sm font-semibold text-muted">
        {t("home.pending")}
      </h2>
      <Card className="overflow-hidden">
        <ul className="divide-y divide-line">
          {held !== undefined && (
            <li>
              <Link to="/on-hold" className={rowClass}>
                <Words
                  icon={<ShieldAlert size={22} aria-hidden="true" className={alarm} />}
                  text={t(`home.held.${held}` as const)}
                >
                  {t("home.held")}
                </Words>
              </Link>
            </li>
          )}
          {owed > 0 && (
            <li>
              <Link to="/wallet" className={rowClass}>
                <Words
                  icon={<Wallet size={22} aria-hidden="true" className={alarm} />}
                  text={t("home.owed.text")}
                >
                  {rich("home.owed", { amount: <MoneyText minor={owed} /> })}
                </Words>
              </Link>
            </li>
          )}
          {broken.map((source) => (
            <li key={source.id}>
              <Link to="/wallet/methods/$id" params={{ id: source.id }} className={rowClass}>
                <Words
                  icon={<Landmark size={22} aria-hidden="true" className={calm} />}
                  text={t("home.repair.text")}
                >
                  {rich("home.repair", { name: <bdi>{source.label}</bdi> })}
                </Words>
              </Link>
            </li>
          ))}
          {waiting.map((line) => (
            <li key={line.id}>
              <Link
                to="/activity/$id"
                params={{ id: line.payment_id ?? line.id }}
                className={rowClass}
              >
                <Words
                  icon={<ShieldCheck size={22} aria-hidden="true" className={calm} />}
                  text={t(line.state === "CHALLENGED" ? "home.confirm" : "home.checked")}
                >
                  {rich("home.waits", {
                    amount: <MoneyText minor={Math.abs(line.amount)} />,
                    name: <bdi>{line.counterparty?.display_name}</bdi>,
                  })}
                </Words>
              </Link>
            </li>
          ))}
          {asked.map((request) => (
            <ToPay key={request.id} request={request} />
          ))}
        </ul>
        {toPay && toPay.to_pay_count > asked.length && (
          <Link
            to="/requests"
            className="flex min-h-12 items-center justify-center border-t border-line px-4 font-semibold text-primary hover:bg-sunk"
          >
            {t("home.allRequests", { count: toPay.to_pay_count })}
          </Link>
        )}
      </Card>
    </section>
  );
}

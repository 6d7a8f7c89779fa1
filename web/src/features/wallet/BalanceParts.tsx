import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import type { Balance } from "@/api/balance/get-balance";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { MoneyText } from "@/ui/MoneyText";
import { Sheet } from "@/ui/Sheet";
import { Reasons } from "./Reasons";

export const parts = ["pending", "on_hold", "withdrawable", "owed"] as const;
export type Part = (typeof parts)[number];

/** The other numbers of a balance. Each opens what is behind it; which one stands in the address. */
export function BalanceParts({ balance }: { balance: Balance }) {
  const t = useT();
  const navigate = useNavigate();
  const search: Record<string, string | undefined> = useSearch({ strict: false });
  const open = parts.find((part) => part === search.why);
  const close = () => void navigate({ to: "/wallet", search: {}, replace: true });
  return (
    <>
      <ul className="mt-5 grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line">
        {parts.map((part) => (
          <li key={part} className="bg-card">
            <Link
              to="/wallet"
              search={{ why: part }}
              resetScroll={false}
              className="flex min-h-18 items-center gap-1 px-4 py-2.5 -outline-offset-2 hover:bg-sunk"
            >
              <span className="min-w-0 flex-1">
                <span className="block text-sm text-muted">{t(`wallet.part.${part}`)}</span>
                <span
                  className={cx(
                    "block font-semibold",
                    part === "owed" && balance.owed > 0 && "text-danger",
                  )}
                >
                  <MoneyText minor={balance[part]} currency={balance.currency} />
                </span>
              </span>
              <ChevronRight
                size={18}
                aria-hidden="true"
                className="shrink-0 text-muted max-[359px]:hidden rtl:rotate-180"
              />
            </Link>
          </li>
        ))}
      </ul>
      <Sheet
        isOpen={open !== undefined}
        onClose={close}
        title={open ? t(`wallet.part.${open}`) : ""}
      >
        {open && <Reasons part={open} balance={balance} />}
      </Sheet>
    </>
  );
}

import { ChevronDown, Printer } from "lucide-react";
import { type ReactNode, useState } from "react";
import { flushSync } from "react-dom";
import type { Payment } from "@/api/payments/get-payment";
import { useReceipt } from "@/api/payments/get-receipt";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { fullTime } from "@/lib/time";
import { Card } from "@/ui/Card";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { FundingLines } from "@/ui/FundingLines";
import { IconButton } from "@/ui/IconButton";
import { MoneyText } from "@/ui/MoneyText";
import { Lines } from "./Lines";

interface Props {
  payment: Payment;
  isPayer: boolean;
}

/** What it cost and where it is written down; it prints alone, in black on white. */
export function Receipt({ payment, isPayer }: Props) {
  const t = useT();
  const [isWhole, setWhole] = useState(false);
  const { payer, payee, note, amount, currency, fee, total, funding } = payment;
  const print = () => {
    // Proof belongs on paper: what is folded on the screen is open there.
    flushSync(() => setWhole(true));
    window.print();
  };
  return (
    <Card className="p-4" data-print="" data-testid="receipt">
      <div className="flex min-h-11 items-center justify-between gap-2">
        <h2 className="font-semibold">{t("payment.receipt")}</h2>
        <IconButton label={t("payment.print")} onClick={print} className="-me-2.5 print:hidden">
          <Printer size={20} aria-hidden="true" />
        </IconButton>
      </div>
      {isPayer && fee !== null && total !== null ? (
        <FundingLines lines={funding} fee={fee} total={total} />
      ) : (
        <dl className="flex justify-between gap-4 font-semibold">
          <dt>{t("payment.part.amount")}</dt>
          <dd>
            <MoneyText minor={amount} currency={currency} />
          </dd>
        </dl>
      )}
      <dl className="mt-4 flex flex-col gap-2 border-t border-line pt-4 text-sm">
        <Part term={t("payment.part.from")}>
          <Party {...payer} />
        </Part>
        <Part term={t("payment.part.to")}>
          <Party {...payee} />
        </Part>
        {note !== "" && <Part term={t("payment.part.note")}>{note}</Part>}
        <Part term={t("payment.part.date")}>
          {fullTime(payment.completed_at ?? payment.created_at)}
        </Part>
        <Part term={t("payment.part.id")}>
          <span dir="ltr" className="text-xs">
            {payment.id}
          </span>
        </Part>
      </dl>
      <Proof id={payment.id} isOpen={isWhole} onToggle={setWhole} />
    </Card>
  );
}

function Party({ display_name, handle }: Payment["payer"]) {
  return (
    <>
      <bdi>{display_name}</bdi> <bdi dir="ltr" className="text-muted">{`@${handle}`}</bdi>
    </>
  );
}

function Part({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4">
      <dt className="shrink-0 text-muted">{term}</dt>
      <dd className="min-w-0 text-end">{children}</dd>
    </div>
  );
}

interface ProofProps {
  id: string;
  isOpen: boolean;
  onToggle: (isOpen: boolean) => void;
}

/** Its lines in the ledger, folded: most people never need them. */
function Proof({ id, isOpen, onToggle }: ProofProps) {
  const t = useT();
  const { data, error, refetch } = useReceipt(id);
  if (data?.lines.length === 0) return null;
  return (
    <details
      open={isOpen}
      onToggle={(event) => onToggle(event.currentTarget.open)}
      className="mt-4 border-t border-line text-sm"
    >
      <summary className="flex min-h-11 cursor-pointer items-center gap-1.5 text-primary marker:content-none">
        {t("payment.proof")}
        <ChevronDown
          size={18}
          aria-hidden="true"
          className={cx("transition-transform duration-150 print:hidden", isOpen && "rotate-180")}
        />
      </summary>
      {error && !data && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data && <Lines receipt={data} />}
    </details>
  );
}

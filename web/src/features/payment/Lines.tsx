import type { useReceipt } from "@/api/payments/get-receipt";
import { useT } from "@/lib/i18n";
import { fullTime } from "@/lib/time";
import { MoneyText } from "@/ui/MoneyText";

type Receipt = NonNullable<ReturnType<typeof useReceipt>["data"]>;

/** The lines of a payment in the ledger, and how whoever runs the system verifies them. */
export function Lines({ receipt }: { receipt: Receipt }) {
  const t = useT();
  return (
    <div className="flex flex-col gap-4 pb-1">
      <p className="text-muted">{t("payment.proof.text")}</p>
      <ol className="flex flex-col gap-4">
        {receipt.lines.map((line) => (
          <li key={line.transfer_id}>
            <p className="flex justify-between gap-4 font-semibold">
              <time dateTime={line.recorded_at}>{fullTime(line.recorded_at)}</time>
              <MoneyText minor={line.amount} currency={line.currency} />
            </p>
            <p className="text-muted">
              {t("payment.proof.place", {
                lane: line.lane,
                block: line.block,
                row: line.row,
                rows: line.rows,
              })}
            </p>
            <p dir="ltr" className="text-start text-xs text-muted">
              {line.transfer_id}
            </p>
            <p dir="ltr" className="text-start text-xs break-all text-muted">
              {line.block_hash}
            </p>
          </li>
        ))}
      </ol>
      <p dir="ltr" className="text-start text-xs text-muted">
        {receipt.explain}
        <br />
        {receipt.verify}
      </p>
    </div>
  );
}

import type { Payment } from "@/api/payments/get-payment";
import { useShowPayment, type Wish } from "@/api/payments/show-payment";
import { useT } from "@/lib/i18n";
import { AudiencePicker } from "@/ui/AudiencePicker";
import { Card } from "@/ui/Card";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Toggle } from "@/ui/Toggle";

/** My side of who sees it; of two wishes the stricter holds. */
export function WhoSees({ payment, isPayer }: { payment: Payment; isPayer: boolean }) {
  const t = useT();
  const show = useShowPayment(payment.id);
  const mine: Wish = { visibility: payment.my_visibility, show_amount: payment.my_show_amount };
  const other = isPayer ? payment.payee : payment.payer;
  const change = (wish: Partial<Wish>) => show.mutate({ ...mine, ...wish });
  const isStricter = !show.isPending && payment.visibility !== payment.my_visibility;
  const isAmountKept = !show.isPending && payment.my_show_amount && !payment.show_amount;
  // A name of the other script keeps its place in the sentence.
  const name = `\u2068${other.display_name}\u2069`;
  return (
    <Card className="flex flex-col gap-3 p-4">
      <AudiencePicker
        label={t("payment.audience")}
        value={payment.my_visibility}
        onChange={(visibility) => change({ visibility })}
      />
      <p role="status" className="text-sm text-muted">
        {isStricter
          ? t("payment.audience.stricter", {
              name,
              audience: t(`audience.${payment.visibility}` as const),
            })
          : t(`payment.audience.${payment.my_visibility}`)}
      </p>
      <Toggle
        label={t("payment.amount")}
        text={isAmountKept ? t("payment.amount.kept", { name }) : t("payment.amount.text")}
        isOn={payment.my_show_amount}
        onChange={(show_amount) => change({ show_amount })}
      />
      {show.error && <ErrorPanel error={show.error} />}
    </Card>
  );
}

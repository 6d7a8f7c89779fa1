import { useState } from "react";
import { toast } from "sonner";
import type { Source } from "@/api/sources/get-sources";
import { useVerifyAmounts } from "@/api/sources/verify-amounts";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { TextField } from "@/ui/Field";
import { centsOf } from "./cents";

/** The two small amounts as the statement of the bank shows them. Three tries. */
export function AmountsForm({ source }: { source: Source }) {
  const t = useT();
  const verify = useVerifyAmounts(source.id);
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const [left, setLeft] = useState({ first: false, second: false });
  const amounts = [centsOf(first), centsOf(second)] as const;
  const [one, two] = amounts;
  const wrong = (text: string, cents: number | undefined, isLeft: boolean) =>
    isLeft && text !== "" && cents === undefined ? t("wallet.amounts.wrong") : undefined;
  const send = () => {
    if (one === undefined || two === undefined) return;
    verify.mutate([one, two], { onSuccess: () => toast(t("wallet.amounts.right")) });
  };
  const common = {
    dir: "ltr",
    inputMode: "decimal",
    autoComplete: "off",
    maxLength: 6,
    placeholder: "0.00",
    className: "tabular",
  } as const;
  return (
    <Card className="p-4">
      <h2 className="font-semibold">{t("wallet.amounts.title")}</h2>
      <p className="mt-1 text-sm text-muted">{t("wallet.amounts.text")}</p>
      <form
        className="mt-4 flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <div className="grid grid-cols-2 items-start gap-3">
          <TextField
            {...common}
            label={t("wallet.amounts.first")}
            value={first}
            onChange={(event) => setFirst(event.target.value)}
            onBlur={() => setLeft((now) => ({ ...now, first: true }))}
            error={wrong(first, one, left.first)}
          />
          <TextField
            {...common}
            label={t("wallet.amounts.second")}
            value={second}
            onChange={(event) => setSecond(event.target.value)}
            onBlur={() => setLeft((now) => ({ ...now, second: true }))}
            error={wrong(second, two, left.second)}
          />
        </div>
        {verify.error && <ErrorPanel error={verify.error} />}
        {source.tries_left !== null && (
          <p className="text-sm text-muted">
            {t("wallet.amounts.tries", { count: source.tries_left })}
          </p>
        )}
        <Button
          type="submit"
          isWide
          isBusy={verify.isPending}
          disabled={one === undefined || two === undefined}
        >
          {t("wallet.amounts.send")}
        </Button>
      </form>
    </Card>
  );
}

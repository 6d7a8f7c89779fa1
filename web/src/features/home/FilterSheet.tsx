import { type FormEvent, useState } from "react";
import { amountText, parseAmount, TRANSFER_MAX } from "@/lib/amount";
import { locale, useT } from "@/lib/i18n";
import { useAmountFault } from "@/ui/AmountField";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { Sheet } from "@/ui/Sheet";
import { centsOf, type FeedSearch } from "./filters";

interface Props {
  isOpen: boolean;
  onClose: () => void;
  search: FeedSearch;
  onApply: (filters: FeedSearch) => void;
}

const shown = (cents: string | undefined) => {
  const minor = centsOf(cents);
  return minor === undefined ? "" : amountText(minor, locale());
};

/** Dates and amounts between which the feed is shown; it closes with the choice. */
export function FilterSheet({ isOpen, onClose, search, onApply }: Props) {
  const t = useT();
  const fault = useAmountFault(TRANSFER_MAX);
  const [from, setFrom] = useState(search.from ?? "");
  const [to, setTo] = useState(search.to ?? "");
  const [min, setMin] = useState(() => shown(search.min_amount));
  const [max, setMax] = useState(() => shown(search.max_amount));
  const [isChecked, setChecked] = useState(false);

  const cents = (text: string) => parseAmount(text, locale(), TRANSFER_MAX).minor;
  const wrong = (text: string) => (text.trim() === "" ? undefined : fault(text));
  const isReversed = from !== "" && to !== "" && from > to;
  const isUpsideDown = (cents(min) ?? 0) > (cents(max) ?? Number.POSITIVE_INFINITY);
  const errors = {
    to: isReversed ? t("home.filter.reversed") : undefined,
    min: wrong(min),
    max: wrong(max) ?? (isUpsideDown ? t("home.filter.upsideDown") : undefined),
  };

  const apply = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (Object.values(errors).some((error) => error !== undefined)) return;
    onApply({
      from: from || undefined,
      to: to || undefined,
      min_amount: cents(min)?.toString(),
      max_amount: cents(max)?.toString(),
    });
  };
  return (
    <Sheet isOpen={isOpen} onClose={onClose} title={t("home.filter.title")}>
      <form noValidate onSubmit={apply} className="flex flex-col gap-4">
        <div className="grid grid-cols-2 gap-3">
          <TextField
            type="date"
            label={t("home.filter.from")}
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
          <TextField
            type="date"
            label={t("home.filter.to")}
            value={to}
            error={isChecked ? errors.to : undefined}
            onChange={(event) => setTo(event.target.value)}
          />
          <TextField
            inputMode="decimal"
            autoComplete="off"
            label={t("home.filter.min")}
            value={min}
            error={isChecked ? errors.min : undefined}
            onChange={(event) => setMin(event.target.value)}
          />
          <TextField
            inputMode="decimal"
            autoComplete="off"
            label={t("home.filter.max")}
            value={max}
            error={isChecked ? errors.max : undefined}
            onChange={(event) => setMax(event.target.value)}
          />
        </div>
        <p className="text-sm text-muted">{t("home.filter.amounts")}</p>
        <div className="flex gap-2">
          <Button look="secondary" className="flex-1" onClick={() => onApply({})}>
            {t("home.filter.clear")}
          </Button>
          <Button type="submit" className="flex-1">
            {t("home.filter.apply")}
          </Button>
        </div>
      </form>
    </Sheet>
  );
}

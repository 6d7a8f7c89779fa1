import { type FormEvent, useState } from "react";
import { amountText, parseAmount, TRANSFER_MAX } from "@/lib/amount";
import { cx } from "@/lib/cx";
import { locale, useT } from "@/lib/i18n";
import { useAmountFault } from "@/ui/AmountField";
import { Button } from "@/ui/Button";
import { SelectField, TextField } from "@/ui/Field";
import { type ActivitySearch, centsOf, directions, kinds, states } from "./filters";
import { kindLabels, stateLabels } from "./words";

interface Props {
  search: ActivitySearch;
  isWide: boolean;
  onApply: (search: ActivitySearch) => void;
  onClear: () => void;
}

const shown = (cents: string | undefined) => {
  const minor = centsOf(cents);
  return minor === undefined ? "" : amountText(minor, locale());
};

/** By when, how much, with whom, and of what kind; it takes effect with the button. */
export function FilterForm({ search, isWide, onApply, onClear }: Props) {
  const t = useT();
  const fault = useAmountFault(TRANSFER_MAX);
  const [isChecked, setChecked] = useState(false);
  const [form, setForm] = useState({
    from: search.from ?? "",
    to: search.to ?? "",
    min: shown(search.min_amount),
    max: shown(search.max_amount),
    person: search.person ?? "",
    kind: search.kind ?? "",
    state: search.state ?? "",
    direction: search.direction ?? "",
  });
  const set = (name: keyof typeof form) => (value: string) => setForm({ ...form, [name]: value });
  const field = (name: keyof typeof form) => ({
    value: form[name],
    onChange: (event: { target: { value: string } }) => set(name)(event.target.value),
  });

  const cents = (text: string) => parseAmount(text, locale(), TRANSFER_MAX).minor;
  const wrong = (text: string) => (text.trim() === "" ? undefined : fault(text));
  const isReversed = form.from !== "" && form.to !== "" && form.from > form.to;
  const isUpsideDown = (cents(form.min) ?? 0) > (cents(form.max) ?? Number.POSITIVE_INFINITY);
  const errors = {
    to: isReversed ? t("activity.reversed") : undefined,
    min: wrong(form.min),
    max: wrong(form.max) ?? (isUpsideDown ? t("activity.upsideDown") : undefined),
  };
  const said = isChecked ? errors : { to: undefined, min: undefined, max: undefined };

  const apply = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (Object.values(errors).some((error) => error !== undefined)) return;
    onApply({
      q: search.q,
      from: form.from || undefined,
      to: form.to || undefined,
      min_amount: cents(form.min)?.toString(),
      max_amount: cents(form.max)?.toString(),
      person: form.person.trim() || undefined,
      kind: form.kind || undefined,
      state: form.state || undefined,
      direction: form.direction || undefined,
    });
  };
  const day = isWide ? "!px-2.5 !text-sm" : "";
  const any = { value: "", label: t("activity.any") };
  return (
    <form noValidate onSubmit={apply} className="flex flex-col gap-4">
      <div className={cx("grid gap-3", isWide ? "grid-cols-4 items-start" : "grid-cols-2")}>
        <TextField type="date" className={day} label={t("activity.from")} {...field("from")} />
        <TextField
          type="date"
          className={day}
          label={t("activity.to")}
          error={said.to}
          {...field("to")}
        />
        <TextField
          inputMode="decimal"
          autoComplete="off"
          label={t("activity.min")}
          error={said.min}
          {...field("min")}
        />
        <TextField
          inputMode="decimal"
          autoComplete="off"
          label={t("activity.max")}
          error={said.max}
          {...field("max")}
        />
        <SelectField
          label={t("activity.direction")}
          value={form.direction}
          onChange={set("direction")}
          options={[
            any,
            ...directions.map((value) => ({ value, label: t(`activity.direction.${value}`) })),
          ]}
        />
        <SelectField
          label={t("activity.kind")}
          value={form.kind}
          onChange={set("kind")}
          options={[any, ...kinds.map((value) => ({ value, label: t(kindLabels[value]) }))]}
        />
        <SelectField
          label={t("activity.state")}
          value={form.state}
          onChange={set("state")}
          options={[any, ...states.map((value) => ({ value, label: t(stateLabels[value]) }))]}
        />
        <TextField
          dir="ltr"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          maxLength={64}
          label={t("activity.person")}
          placeholder="@ana"
          {...field("person")}
        />
      </div>
      <div className="flex justify-end gap-2">
        <Button look="secondary" className={isWide ? "" : "flex-1"} onClick={onClear}>
          {t("activity.clear")}
        </Button>
        <Button type="submit" className={isWide ? "" : "flex-1"}>
          {t("activity.apply")}
        </Button>
      </div>
    </form>
  );
}

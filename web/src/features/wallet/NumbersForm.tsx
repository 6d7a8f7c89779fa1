import { useNavigate } from "@tanstack/react-router";
import { type FieldErrors, type Resolver, useForm } from "react-hook-form";
import { type Numbers, useAddNumbers } from "@/api/sources/add-numbers";
import { useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { SelectField, TextField } from "@/ui/Field";
import { numbersForm, type Wrong } from "./numbers";

const resolver: Resolver<Numbers> = (values) => {
  const read = numbersForm.safeParse(values);
  if (read.success) return { values: read.data, errors: {} };
  const errors: FieldErrors<Numbers> = {};
  for (const { path, message } of read.error.issues) {
    errors[path[0] as keyof Numbers] ??= { type: "wrong", message };
  }
  return { values: {}, errors };
};

const fields = ["bank_name", "routing", "account"] as const;

/** A bank account by its numbers; two small amounts are then sent to it. */
export function NumbersForm() {
  const t = useT();
  const navigate = useNavigate();
  const add = useAddNumbers();
  const form = useForm<Numbers>({
    resolver,
    mode: "onTouched",
    defaultValues: { bank_name: "", routing: "", account: "", kind: "checking" },
  });
  const { errors, isValid } = form.formState;
  const refusal = isProblem(add.error) ? add.error : undefined;
  const said = (field: (typeof fields)[number]) => {
    const wrong = errors[field]?.message as Wrong | undefined;
    if (wrong) return t(`wallet.numbers.${wrong}`);
    return refusal?.of(field);
  };
  const isAtField = fields.some((field) => refusal?.of(field) !== undefined);
  const send = form.handleSubmit((numbers) =>
    add.mutate(numbers, {
      onSuccess: ({ id }) =>
        void navigate({ to: "/wallet/methods/$id", params: { id }, replace: true }),
    }),
  );
  return (
    <form onSubmit={(event) => void send(event)} noValidate className="flex flex-col gap-5">
      <p className="text-muted">{t("wallet.numbers.text")}</p>
      <TextField
        label={t("wallet.numbers.bank_name")}
        autoComplete="off"
        maxLength={60}
        error={said("bank_name")}
        {...form.register("bank_name")}
      />
      <TextField
        label={t("wallet.numbers.routing")}
        hint={t("wallet.numbers.routing.hint")}
        dir="ltr"
        inputMode="numeric"
        autoComplete="off"
        maxLength={12}
        className="tabular"
        error={said("routing")}
        {...form.register("routing")}
      />
      <TextField
        label={t("wallet.numbers.account")}
        hint={t("wallet.numbers.account.hint")}
        dir="ltr"
        inputMode="numeric"
        autoComplete="off"
        maxLength={24}
        className="tabular"
        error={said("account")}
        {...form.register("account")}
      />
      <SelectField
        label={t("wallet.numbers.kind")}
        value={form.watch("kind")}
        onChange={(kind) => form.setValue("kind", kind as Numbers["kind"])}
        options={[
          { value: "checking", label: t("wallet.kind.checking") },
          { value: "savings", label: t("wallet.kind.savings") },
        ]}
      />
      {add.error && !isAtField && <ErrorPanel error={add.error} />}
      <p className="text-sm text-muted">{t("wallet.consent")}</p>
      <Button type="submit" isWide disabled={!isValid} isBusy={add.isPending}>
        {t("wallet.numbers.add")}
      </Button>
    </form>
  );
}

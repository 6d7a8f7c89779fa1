import { Controller, type RegisterOptions, useForm } from "react-hook-form";
import { useVerify } from "@/api/verification/verify";
import { locale, useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { SelectField, TextField } from "@/ui/Field";
import { countries } from "./countries";
import { type FactsForm, factsBody, noFacts, ofAge } from "./facts";

type Name = Exclude<keyof FactsForm, "country">;

const complete: Record<Name, string> = {
  legal_name: "name",
  birth_date: "bday",
  line1: "address-line1",
  line2: "address-line2",
  city: "address-level2",
  region: "address-level1",
  postal_code: "postal-code",
  tax_id_last4: "off",
};

/** Who I am in law: name, day of birth, address, the end of the tax number. */
export function FactsPart() {
  const t = useT();
  const verifying = useVerify();
  const form = useForm<FactsForm>({ mode: "onTouched", defaultValues: noFacts });
  const { errors, isValid } = form.formState;
  const refused = (name: keyof FactsForm) => {
    if (!isProblem(verifying.error)) return undefined;
    return verifying.error.of(name) ?? verifying.error.of(`address.${name}`);
  };
  const names = Object.keys(noFacts) as (keyof FactsForm)[];
  const isNamed = names.some((name) => refused(name) !== undefined);
  const needed = t("settings.facts.needed");
  const line = (name: Name, rules: RegisterOptions<FactsForm, Name>, rest: object = {}) => (
    <TextField
      {...form.register(name, rules)}
      {...rest}
      label={t(`settings.facts.${name}` as const)}
      autoComplete={complete[name]}
      error={errors[name]?.message || refused(name)}
    />
  );
  const filled = { validate: (text: string) => text.trim() !== "" || needed };
  const latest = ofAge(new Date());
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={form.handleSubmit((facts) => verifying.mutate(factsBody(facts)))}
    >
      {line("legal_name", { ...filled, maxLength: 120 }, { hint: t("settings.facts.nameHint") })}
      {line(
        "birth_date",
        { validate: (day) => (day === "" ? needed : day <= latest || t("settings.facts.young")) },
        { type: "date", max: latest, min: "1900-01-01" },
      )}
      {line("line1", filled)}
      {line("line2", {})}
      <div className="grid gap-4 sm:grid-cols-2">
        {line("city", filled)}
        {line("postal_code", filled, { dir: "ltr" })}
        {line("region", {})}
        <Controller
          name="country"
          control={form.control}
          render={({ field }) => (
            <SelectField
              label={t("settings.facts.country")}
              value={field.value}
              options={countries(locale())}
              onChange={field.onChange}
              error={refused("country")}
            />
          )}
        />
      </div>
      {line(
        "tax_id_last4",
        { validate: (digits) => /^\d{4}$/.test(digits) || t("settings.facts.four") },
        { inputMode: "numeric", maxLength: 4, dir: "ltr", hint: t("settings.facts.taxHint") },
      )}
      <p className="text-sm text-muted">{t("settings.facts.sealed")}</p>
      {verifying.error && !isNamed && <ErrorPanel error={verifying.error} />}
      <Button type="submit" isWide isBusy={verifying.isPending} disabled={!isValid}>
        {t("settings.facts.send")}
      </Button>
    </form>
  );
}

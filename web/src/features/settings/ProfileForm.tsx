import { Controller, useForm } from "react-hook-form";
import { type Profile, useChangeMe } from "@/api/me/change-me";
import type { Me } from "@/api/me/get-me";
import { languages, useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { handleFault, nameFault } from "@/lib/rules";
import type { MessageId } from "@/locales/ids";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { SelectField, TextField } from "@/ui/Field";
import { languageOptions, zoneOptions } from "./options";

/** Name, handle, language and zone; saved together, by what has changed. */
export function ProfileForm({ me }: { me: Me }) {
  const t = useT();
  const saving = useChangeMe();
  const form = useForm<Profile>({
    mode: "onChange",
    values: {
      display_name: me.display_name,
      handle: me.handle,
      locale: me.locale,
      timezone: me.timezone,
    },
    resetOptions: { keepDirtyValues: true },
  });
  const { errors, isValid, dirtyFields, isDirty } = form.formState;
  const say = (stem: string) => (fault: string | undefined) =>
    fault === undefined || t(`auth.join.${stem}.${fault}` as MessageId);
  const refused = (field: keyof Profile) => {
    if (!isProblem(saving.error) || form.getValues(field) !== saving.variables?.[field]) return;
    if (field === "handle" && saving.error.code === "DUPLICATE_ENTRY") {
      return t("auth.join.handle.taken");
    }
    return saving.error.of(field);
  };
  const isNamed = (["display_name", "handle", "locale", "timezone"] as const).some(refused);
  const save = form.handleSubmit((all) => {
    const changed = Object.fromEntries(
      Object.entries(all).filter(([name]) => dirtyFields[name as keyof Profile]),
    );
    saving.mutate(changed, { onSuccess: (now) => form.reset(now) });
  });
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={save}>
      <Controller
        name="display_name"
        control={form.control}
        rules={{ validate: (name) => say("name")(nameFault(name)) }}
        render={({ field }) => (
          <TextField
            {...field}
            label={t("auth.join.name")}
            hint={t("auth.join.name.hint")}
            autoComplete="name"
            error={errors.display_name?.message || refused("display_name")}
          />
        )}
      />
      <Controller
        name="handle"
        control={form.control}
        rules={{ validate: (handle) => say("handle")(handleFault(handle)) }}
        render={({ field }) => (
          <TextField
            {...field}
            onChange={(event) => field.onChange(event.target.value.toLowerCase().replace(/^@/, ""))}
            label={t("auth.join.handle")}
            hint={t("settings.profile.handle")}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            dir="ltr"
            error={errors.handle?.message || refused("handle")}
          />
        )}
      />
      <Controller
        name="locale"
        control={form.control}
        render={({ field }) => (
          <SelectField
            label={t("settings.profile.language")}
            value={field.value}
            options={languageOptions(languages, me.locale)}
            onChange={field.onChange}
            error={refused("locale")}
          />
        )}
      />
      <Controller
        name="timezone"
        control={form.control}
        render={({ field }) => (
          <SelectField
            label={t("settings.profile.zone")}
            hint={t("settings.profile.zoneHint")}
            value={field.value}
            options={zoneOptions(me.timezone)}
            onChange={field.onChange}
            error={refused("timezone")}
          />
        )}
      />
      {saving.error && !isNamed && (
        <ErrorPanel
          error={saving.error}
          onRetry={() => saving.variables && saving.mutate(saving.variables)}
        />
      )}
      <div className="flex items-center gap-3">
        <Button type="submit" isBusy={saving.isPending} disabled={!isDirty || !isValid}>
          {t("ui.save")}
        </Button>
        <p role="status" className="text-sm font-semibold text-money-in">
          {saving.isSuccess && !isDirty && t("ui.saved")}
        </p>
      </div>
    </form>
  );
}

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Controller, useForm } from "react-hook-form";
import { type SignUp, signUp } from "@/api/auth/sign-up";
import type { Me } from "@/api/me/get-me";
import { takeFocus } from "@/lib/focus";
import { locale, useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import {
  HANDLE_HIGH,
  handleFault,
  lengthOf,
  nameFault,
  PASSWORD_LOW,
  passwordFault,
  suggestHandle,
} from "@/lib/rules";
import { useWaitOf } from "@/lib/wait";
import type { MessageId } from "@/locales/ids";
import { type Audience, AudiencePicker } from "@/ui/AudiencePicker";
import { AudiencePreview } from "@/ui/AudiencePreview";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { PasswordField } from "@/ui/PasswordField";
import { Trouble } from "./Trouble";

interface Props {
  email: string;
  ticket: string;
  isRemembered: boolean;
  onJoined: (me: Me) => void;
  /** The ticket was good for half an hour, and is not any more. */
  onStale: () => void;
}

interface Fields {
  display_name: string;
  handle: string;
  password: string;
  default_visibility: Audience;
}

/** Who is new says how they want to be called and found, and who sees what they pay. */
export function JoinForm({ email, ticket, isRemembered, onJoined, onStale }: Props) {
  const t = useT();
  const [isOwnHandle, setOwnHandle] = useState(false);
  const joining = useMutation({
    mutationFn: (body: SignUp) => signUp(body),
    onSuccess: onJoined,
  });
  const seconds = useWaitOf(joining.error);
  const form = useForm<Fields>({
    mode: "onTouched",
    defaultValues: { display_name: "", handle: "", password: "", default_visibility: "friends" },
  });
  const { errors, isValid, touchedFields } = form.formState;
  const [name, handle, audience] = form.watch(["display_name", "handle", "default_visibility"]);
  const say = (stem: string) => (fault: string | undefined) =>
    fault === undefined || t(`auth.join.${stem}.${fault}` as MessageId);
  const isTaken =
    isProblem(joining.error, "DUPLICATE_ENTRY") &&
    joining.error.field === "handle" &&
    joining.variables?.handle === handle;
  const isStale = isProblem(joining.error, "CHALLENGE_EXPIRED");
  const isOfField = isProblem(joining.error) && joining.error.field !== undefined;
  const fieldError = (field: keyof Fields) =>
    errors[field]?.message ??
    (isProblem(joining.error, "VALIDATION_ERROR", "MISSING_FIELD") &&
    joining.variables?.[field] === form.getValues(field)
      ? joining.error.of(field)
      : undefined);

  const submit = form.handleSubmit((fields) => {
    if (joining.isPending || seconds > 0) return;
    joining.mutate({
      ...fields,
      display_name: fields.display_name.trim(),
      ticket,
      locale: locale(),
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
      remember: isRemembered,
    });
  });
  return (
    <form noValidate className="flex flex-col gap-5" onSubmit={submit}>
      <div>
        <h2 className="text-lg font-semibold">{t("auth.join.title")}</h2>
        <p className="truncate text-sm text-muted">
          <bdi dir="ltr">{email}</bdi>
        </p>
      </div>
      {isStale ? (
        <>
          <Trouble error={joining.error} seconds={0} />
          <Button isWide look="secondary" onClick={onStale}>
            {t("auth.join.again")}
          </Button>
        </>
      ) : (
        (!isOfField || isTakenEmail(joining.error)) && (
          <Trouble error={joining.error} seconds={seconds} />
        )
      )}
      <input
        name="username"
        autoComplete="username"
        value={email}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
        className="sr-only"
      />
      <Controller
        control={form.control}
        name="display_name"
        rules={{ validate: (typed) => say("name")(nameFault(typed)) }}
        render={({ field: { ref: _, ...field } }) => (
          <TextField
            {...field}
            ref={takeFocus}
            label={t("auth.join.name")}
            hint={t("auth.join.name.hint")}
            autoComplete="name"
            dir="auto"
            error={fieldError("display_name")}
            onChange={(event) => {
              field.onChange(event);
              if (isOwnHandle) return;
              const suggested = suggestHandle(event.target.value, email);
              form.setValue("handle", suggested, { shouldValidate: suggested !== "" });
            }}
          />
        )}
      />
      <Controller
        control={form.control}
        name="handle"
        rules={{ validate: (typed) => say("handle")(handleFault(typed)) }}
        render={({ field: { ref: _, ...field } }) => (
          <TextField
            {...field}
            label={t("auth.join.handle")}
            hint={t("auth.join.handle.hint")}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            dir="ltr"
            maxLength={HANDLE_HIGH}
            error={isTaken ? t("auth.join.handle.taken") : liveFault(fieldError("handle"))}
            onChange={(event) => {
              setOwnHandle(event.target.value !== "");
              field.onChange(event.target.value.toLowerCase().replace(/^@/, ""));
            }}
          />
        )}
      />
      <Controller
        control={form.control}
        name="password"
        rules={{ validate: (typed) => say("password")(passwordFault(typed)) }}
        render={({ field: { ref: _, ...field } }) => (
          <PasswordField
            {...field}
            label={t("auth.join.password")}
            hint={passwordHint(lengthOf(field.value))}
            autoComplete="new-password"
            error={touchedFields.password ? fieldError("password") : undefined}
          />
        )}
      />
      <Controller
        control={form.control}
        name="default_visibility"
        render={({ field }) => (
          <div className="flex flex-col gap-3">
            <AudiencePicker
              label={t("auth.join.audience")}
              value={field.value}
              onChange={field.onChange}
            />
            <AudiencePreview audience={audience} name={name} handle={handle} />
          </div>
        )}
      />
      <Button
        type="submit"
        isWide
        isBusy={joining.isPending}
        disabled={!isValid || isTaken || isStale || seconds > 0}
      >
        {t("auth.join.submit")}
      </Button>
    </form>
  );

  /** While a handle is typed, its rules speak at once; an empty one waits until it is left. */
  function liveFault(left: string | undefined): string | undefined {
    if (handle === "" || left !== undefined) return left;
    const fault = handleFault(handle);
    return fault === "signs" ? t("auth.join.handle.signs") : undefined;
  }

  function passwordHint(length: number): string {
    if (length === 0 || length >= PASSWORD_LOW) return t("auth.join.password.hint");
    return t("auth.join.password.more", { count: PASSWORD_LOW - length });
  }
}

function isTakenEmail(error: unknown): boolean {
  return isProblem(error, "DUPLICATE_ENTRY") && error.field === "email";
}

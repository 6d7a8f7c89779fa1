import { useState } from "react";
import { useChangePassword } from "@/api/auth/change-password";
import type { Me } from "@/api/me/get-me";
import { useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { passwordFault } from "@/lib/rules";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { PasswordField } from "@/ui/PasswordField";
import { Section } from "./Section";

/** Another password. */
export function PasswordPart({ me }: { me: Me }) {
  const t = useT();
  const changing = useChangePassword();
  const [password, setPassword] = useState("");
  const [isLeft, setLeft] = useState(false);
  const fault = passwordFault(password);
  const refused = isProblem(changing.error) ? changing.error.of("password") : undefined;
  return (
    <Section title={t("settings.password.title")} text={t("settings.password.text")}>
      <form
        noValidate
        className="flex flex-col gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (fault) return setLeft(true);
          changing.mutate(password, {
            onSuccess: () => {
              setPassword("");
              setLeft(false);
            },
          });
        }}
      >
        <input
          name="username"
          autoComplete="username"
          value={me.email}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
          className="sr-only"
        />
        <PasswordField
          label={t("auth.recover.password")}
          hint={t("auth.join.password.hint")}
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          onBlur={() => setLeft(password !== "")}
          error={isLeft && fault ? t(`auth.join.password.${fault}` as const) : refused}
        />
        {changing.error && !refused && <ErrorPanel error={changing.error} />}
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" isBusy={changing.isPending} disabled={fault !== undefined}>
            {t("settings.password.do")}
          </Button>
          <p role="status" className="text-sm font-semibold text-money-in">
            {changing.isSuccess && password === "" && t("settings.password.done")}
          </p>
        </div>
      </form>
    </Section>
  );
}

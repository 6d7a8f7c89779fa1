import { useState } from "react";
import { takeFocus } from "@/lib/focus";
import { rich, useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { passwordFault } from "@/lib/rules";
import { useSecondsLeft, useWaitOf } from "@/lib/wait";
import { Button } from "@/ui/Button";
import { CodeField } from "@/ui/CodeField";
import { MailboxHint } from "@/ui/MailboxHint";
import { PasswordField } from "@/ui/PasswordField";
import type { Sent } from "./sent";
import { Trouble } from "./Trouble";

export interface Renewal {
  code: string;
  password: string;
}

interface Props {
  sent: Sent;
  isBusy: boolean;
  error: unknown;
  onResend: () => void;
  isResending: boolean;
  onRenew: (renewal: Renewal) => void;
  /** The code is spent: begin with the e-mail again. */
  onRestart: () => void;
}

/** The code that went to the e-mail, and the password that is to hold from now on. */
export function NewPasswordForm(props: Props) {
  const { sent, isBusy, error } = props;
  const t = useT();
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const [isLeft, setLeft] = useState(false);
  const seconds = useWaitOf(error);
  const toResend = useSecondsLeft(sent.nextAt);
  const fault = passwordFault(password);
  const isFailed = isProblem(error, "CHALLENGE_FAILED");
  const left = isFailed ? Number(error.body.tries_left ?? 0) : 0;
  const isReady = code.length === 6 && fault === undefined && !isBusy && seconds === 0;
  if (sent.challengeId === null) {
    return (
      <>
        <p role="status">{t("auth.code.wait")}</p>
        <Button
          look="secondary"
          isWide
          disabled={toResend > 0}
          isBusy={props.isResending}
          onClick={props.onResend}
        >
          {toResend > 0 ? t("auth.code.again.in", { seconds: toResend }) : t("auth.code.again")}
        </Button>
      </>
    );
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) props.onRenew({ code, password });
      }}
    >
      <p role="status">{rich("auth.code.sent", { email: <bdi dir="ltr">{sent.email}</bdi> })}</p>
      {!isFailed && <Trouble error={error} seconds={seconds} />}
      {isProblem(error, "CHALLENGE_EXPIRED", "NOT_FOUND") && (
        <Button look="secondary" isWide onClick={props.onRestart}>
          {t("auth.join.again")}
        </Button>
      )}
      <CodeField
        ref={takeFocus}
        label={t("auth.code")}
        value={code}
        onChange={setCode}
        isBusy={isBusy}
        error={isFailed ? t("auth.code.failed", { left }) : undefined}
      />
      <MailboxHint />
      <input
        name="username"
        autoComplete="username"
        value={sent.email}
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
        error={isLeft && fault ? t(`auth.join.password.${fault}` as const) : undefined}
        onChange={(event) => setPassword(event.target.value)}
        onBlur={() => setLeft(true)}
      />
      <Button type="submit" isWide isBusy={isBusy} disabled={!isReady}>
        {t("auth.recover.submit")}
      </Button>
      <Button
        look="quiet"
        isBusy={props.isResending}
        disabled={toResend > 0}
        onClick={() => {
          setCode("");
          props.onResend();
        }}
      >
        {toResend > 0 ? t("auth.code.again.in", { seconds: toResend }) : t("auth.code.again")}
      </Button>
    </form>
  );
}

import { useState } from "react";
import type { Method } from "@/api/auth/begin-step-up";
import type { Proof } from "@/api/auth/finish-step-up";
import { takeFocus } from "@/lib/focus";
import { useT } from "@/lib/i18n";
import { canPasskey } from "@/lib/passkeys";
import { isProblem } from "@/lib/problem";
import { useWaitOf } from "@/lib/wait";
import { Button } from "@/ui/Button";
import { CodeField } from "@/ui/CodeField";
import { TextField } from "@/ui/Field";
import { MailboxHint } from "@/ui/MailboxHint";
import { PasswordField } from "@/ui/PasswordField";
import { PasskeyProof } from "./PasskeyProof";
import { Trouble } from "./Trouble";

const order: readonly Method[] = ["passkey", "totp", "email_code", "recovery_code"];

interface Props {
  methods: readonly Method[];
  /** What to ask of a passkey, where that is a method. */
  passkey: Record<string, unknown> | null;
  isBusy: boolean;
  error: unknown;
  onProof: (proof: Proof) => void;
  /** Asks for another challenge: a passkey answers each once. */
  onAgain?: (() => void) | undefined;
}

/** A proof of who somebody is, by one of the methods that they have. */
export function ProofForm({ methods, passkey, isBusy, error, onProof, onAgain }: Props) {
  const t = useT();
  const offered = order.filter(
    (method) => methods.includes(method) && (method !== "passkey" || (passkey && canPasskey())),
  );
  const [chosen, setChosen] = useState<Method>();
  const [proof, setProof] = useState("");
  const [password, setPassword] = useState("");
  const seconds = useWaitOf(error);
  const method = chosen && offered.includes(chosen) ? chosen : offered[0];
  if (method === undefined) return <p>{t("auth.factor.none")}</p>;

  const isCode = method === "totp" || method === "email_code";
  const isFailed = isProblem(error, "CHALLENGE_FAILED");
  const left = isFailed ? Number(error.body.tries_left ?? 0) : 0;
  const failed = isFailed && method !== "passkey" ? t("auth.code.failed", { left }) : undefined;
  const isWhole = isCode ? proof.length === 6 : proof.replace(/[^a-z0-9]/gi, "").length === 12;
  const isReady =
    isWhole && (method !== "email_code" || password !== "") && seconds === 0 && !isBusy;
  const send = (text: string) =>
    onProof({ method, proof: text, ...(method === "email_code" ? { password } : {}) });

  return (
    <div className="flex flex-col gap-4">
      {failed === undefined && <Trouble error={error} seconds={seconds} />}
      {method === "passkey" && passkey ? (
        <PasskeyProof
          options={passkey}
          isBusy={isBusy}
          isSpent={Boolean(error)}
          onSigned={send}
          onAgain={onAgain}
        />
      ) : (
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady) send(proof);
          }}
        >
          {isCode ? (
            <CodeField
              key={method}
              ref={takeFocus}
              label={t(method === "totp" ? "auth.totp" : "auth.code")}
              value={proof}
              error={failed}
              isBusy={isBusy}
              onChange={setProof}
              onWhole={(whole) => method === "totp" && seconds === 0 && send(whole)}
            />
          ) : (
            <TextField
              key={method}
              ref={takeFocus}
              label={t("auth.recovery")}
              hint={t("auth.recovery.hint")}
              error={failed}
              dir="ltr"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              value={proof}
              onChange={(event) => setProof(event.target.value)}
            />
          )}
          {method === "email_code" && (
            <>
              <MailboxHint />
              <PasswordField
                label={t("auth.password")}
                autoComplete="current-password"
                maxLength={128}
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            </>
          )}
          <Button type="submit" isWide isBusy={isBusy} disabled={!isReady}>
            {t("auth.factor.confirm")}
          </Button>
        </form>
      )}
      {offered.length > 1 && (
        <ul aria-label={t("auth.factor.other")} className="flex flex-wrap justify-center gap-1">
          {offered
            .filter((other) => other !== method)
            .map((other) => (
              <li key={other}>
                <Button
                  look="quiet"
                  disabled={isBusy}
                  onClick={() => {
                    setChosen(other);
                    setProof("");
                  }}
                >
                  {t(`auth.method.${other}` as const)}
                </Button>
              </li>
            ))}
        </ul>
      )}
    </div>
  );
}

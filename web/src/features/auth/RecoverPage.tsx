import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Method } from "@/api/auth/begin-step-up";
import type { Proof } from "@/api/auth/finish-step-up";
import { recover } from "@/api/auth/recover";
import { useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { Card } from "@/ui/Card";
import { Frame } from "./Frame";
import { NewPasswordForm, type Renewal } from "./NewPasswordForm";
import { ProofForm } from "./ProofForm";
import { RecoverStart } from "./RecoverStart";
import { type Sent, useSendCode } from "./sent";
import { useEnter } from "./useEnter";

interface Asked {
  methods: { name: Method }[];
  passkey: Record<string, unknown> | null;
}

/** A new beginning for whoever lost the password, or has locked the account. */
export function RecoverPage() {
  const t = useT();
  const enter = useEnter();
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState<Sent>();
  const [renewal, setRenewal] = useState<Renewal>();
  const [asked, setAsked] = useState<Asked>();
  const sending = useSendCode(setSent);
  const recovering = useMutation({
    mutationFn: ({ code, password, proof }: Renewal & { proof?: Proof }) =>
      recover({
        challenge_id: sent?.challengeId ?? "",
        code,
        password,
        ...(proof ? { method: proof.method as "totp", proof: proof.proof } : {}),
      }),
    onSuccess: (me) => enter(me, "/"),
    onError: (error, { code, password }) => {
      if (!isProblem(error, "STEP_UP_REQUIRED")) return;
      setRenewal({ code, password });
      setAsked(error.body as unknown as Asked);
      recovering.reset();
    },
  });
  const restart = () => {
    recovering.reset();
    setAsked(undefined);
    setSent(undefined);
  };
  return (
    <Frame title={t("auth.recover.title")}>
      <Card className="flex flex-col gap-4 p-5 md:p-6">
        <div>
          <h1 className="text-xl font-semibold tracking-tight">{t("auth.recover.title")}</h1>
          <p className="mt-1 text-sm text-muted">{t("auth.recover.text")}</p>
        </div>
        {asked && renewal ? (
          <>
            <h2 className="text-base font-semibold">{t("auth.factor.title")}</h2>
            <ProofForm
              methods={asked.methods.map((method) => method.name)}
              passkey={asked.passkey}
              isBusy={recovering.isPending}
              error={recovering.error}
              onProof={(proof) => recovering.mutate({ ...renewal, proof })}
              onAgain={() => recovering.mutate(renewal)}
            />
          </>
        ) : sent ? (
          <NewPasswordForm
            sent={sent}
            isBusy={recovering.isPending}
            error={recovering.error}
            onResend={() => sending.mutate(sent.email)}
            isResending={sending.isPending}
            onRenew={(given) => recovering.mutate(given)}
            onRestart={restart}
          />
        ) : (
          <RecoverStart
            email={email}
            onEmail={setEmail}
            isBusy={sending.isPending}
            error={sending.error}
            onStart={() => sending.mutate(email.trim().toLowerCase())}
          />
        )}
      </Card>
    </Frame>
  );
}

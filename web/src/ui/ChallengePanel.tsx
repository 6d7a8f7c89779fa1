import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type Proof, usePaymentAct } from "@/api/payments/act-on-payment";
import type { Payment } from "@/api/payments/get-payment";
import { askPaymentPasskey, mailCode } from "@/api/payments/prove-payment";
import { useT } from "@/lib/i18n";
import { canPasskey, isGivenUp, signWithPasskey } from "@/lib/passkeys";
import { isProblem } from "@/lib/problem";
import { useSecondsLeft } from "@/lib/wait";
import { Button, buttonClass } from "./Button";
import { CodeField } from "./CodeField";
import { ErrorPanel } from "./ErrorPanel";

type Method = Proof["method"];

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Proves a payment that waits for its payer: ten minutes, five tries; or takes it back. */
export function ChallengePanel({ payment }: { payment: Payment }) {
  const t = useT();
  const queries = useQueryClient();
  const { verify, cancel } = usePaymentAct(payment);
  const { challenge } = payment;
  const seconds = useSecondsLeft(challenge ? Date.parse(challenge.expires_at) : undefined);
  const isOver = challenge !== null && seconds === 0;
  useEffect(() => {
    if (isOver) void queries.invalidateQueries({ queryKey: ["payment", payment.id] });
  }, [isOver, payment.id, queries]);
  if (challenge === null) return null;
  const isRedirect = challenge.methods.includes("redirect");
  const failure = verify.error ?? cancel.error;
  const isWrong = isProblem(verify.error, "CHALLENGE_FAILED");
  return (
    <div className="flex w-full max-w-80 flex-col gap-4">
      <p className="text-center text-sm text-muted" role="timer" aria-live="off">
        {t("challenge.left", { time: clock(seconds) })}
      </p>
      {failure !== null && !isWrong && <ErrorPanel error={failure} />}
      {isRedirect ? (
        <a href={challenge.url ?? ""} className={buttonClass("primary", true)}>
          {t("challenge.bank")}
        </a>
      ) : (
        <Proofs
          payment={payment}
          methods={challenge.methods}
          isBusy={verify.isPending}
          wrong={isWrong ? verify.error : null}
          onProof={(proof) => verify.mutate(proof)}
        />
      )}
      {payment.can.cancel && (
        <Button look="danger" isWide isBusy={cancel.isPending} onClick={() => cancel.mutate()}>
          {t("challenge.cancel")}
        </Button>
      )}
    </div>
  );
}

interface ProofsProps {
  payment: Payment;
  methods: readonly string[];
  isBusy: boolean;
  wrong: unknown;
  onProof: (proof: Proof) => void;
}

function usable(methods: readonly string[]): Method[] {
  const all: Method[] = ["passkey", "totp", "email_code"];
  return all.filter((one) => methods.includes(one) && (one !== "passkey" || canPasskey()));
}

function Proofs({ payment, methods, isBusy, wrong, onProof }: ProofsProps) {
  const t = useT();
  const offered = usable(methods);
  const [chosen, choose] = useState<Method | undefined>(offered[0]);
  const [code, setCode] = useState("");
  const mail = useMutation({ mutationFn: () => mailCode(payment.id) });
  const passkey = useMutation({
    mutationFn: async () => {
      const { options } = await askPaymentPasskey(payment.id);
      return JSON.stringify(await signWithPasskey(options));
    },
    onSuccess: (proof) => onProof({ method: "passkey", proof }),
  });
  // A wrong code is not sent again: its room is free for the next one.
  useEffect(() => {
    if (wrong !== null) setCode("");
  }, [wrong]);
  const left = isProblem(wrong) ? Number(wrong.body.tries_left ?? 0) : 0;
  const passkeyError = passkey.error && !isGivenUp(passkey.error) ? passkey.error : undefined;
  const error = mail.error ?? passkeyError;
  if (chosen === undefined)
    return <p className="text-center text-sm">{t("challenge.elsewhere")}</p>;
  const isCode = chosen === "totp" || mail.isSuccess;
  return (
    <>
      {error && <ErrorPanel error={error} />}
      {chosen === "passkey" && (
        <Button isWide isBusy={passkey.isPending || isBusy} onClick={() => passkey.mutate()}>
          {t("challenge.passkey")}
        </Button>
      )}
      {chosen === "email_code" && (
        <Button
          look={mail.isSuccess ? "quiet" : "primary"}
          isWide
          isBusy={mail.isPending}
          onClick={() => mail.mutate()}
        >
          {t(mail.isSuccess ? "challenge.mailAgain" : "challenge.mail")}
        </Button>
      )}
      {isCode && chosen !== "passkey" && (
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (code.length === 6) onProof({ method: chosen, proof: code });
          }}
        >
          <CodeField
            label={t(`challenge.code.${chosen}`)}
            value={code}
            onChange={setCode}
            onWhole={(proof) => onProof({ method: chosen, proof })}
            isBusy={isBusy}
            error={wrong === null ? undefined : t("challenge.wrong", { left })}
          />
          <Button type="submit" isWide isBusy={isBusy} disabled={code.length < 6}>
            {t("challenge.confirm")}
          </Button>
        </form>
      )}
      {offered
        .filter((one) => one !== chosen)
        .map((one) => (
          <Button key={one} look="quiet" isWide onClick={() => choose(one)}>
            {t(`challenge.instead.${one}`)}
          </Button>
        ))}
    </>
  );
}

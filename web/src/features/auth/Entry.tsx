import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { StepUp } from "@/api/auth/begin-step-up";
import type { Me } from "@/api/me/get-me";
import { useT } from "@/lib/i18n";
import { isEmail } from "@/lib/rules";
import { CodeForm } from "./CodeForm";
import { FactorStep } from "./FactorStep";
import { JoinForm } from "./JoinForm";
import { PasswordForm } from "./PasswordForm";
import { ProveStep } from "./ProveStep";
import { isFresh, type Sent, useSendCode } from "./sent";
import { useEnter } from "./useEnter";
import { useHasPasskeys, usePasskey } from "./usePasskey";
import { WhoStep } from "./WhoStep";
import { keepWay, lastWay, type Way } from "./way";

type Step = "who" | "password" | "code" | "factor" | "join";
type Answer = Me | { step_up: StepUp } | { ticket: string };

interface Props {
  next: string;
  onStep: (step: Step) => void;
}

/** One way in for everybody: who it is, how they prove it, and what else it takes. */
export function Entry({ next, onStep }: Props) {
  const t = useT();
  const navigate = useNavigate();
  const enter = useEnter();
  const search = useSearch({ from: "/sign-in" });
  const [identifier, setIdentifier] = useState("");
  const [isRemembered, setRemembered] = useState(false);
  const [sent, setSent] = useState<Sent>();
  const [ticket, setTicket] = useState<string>();
  const [asked, setAsked] = useState<StepUp>();
  const email = identifier.trim().toLowerCase();

  // The step stands in the address, so that Back goes one back; what it needs is here alone.
  const step = stepOf(search.step, { email, sent, ticket, asked });
  const go = (to: Step) =>
    void navigate({ to: ".", search: { ...search, step: to === "who" ? undefined : to } });

  useEffect(() => onStep(step), [onStep, step]);

  const sending = useSendCode((now) => {
    setSent(now);
    go("code");
  });
  const sendCode = () => (isFresh(sent, email) ? go("code") : sending.mutate(email));
  const spend = () => setSent((code) => code && { ...code, at: 0 });
  const entered = (way: Way) => (answer: Answer) => {
    if ("ticket" in answer) {
      setTicket(answer.ticket);
      spend();
      go("join");
    } else if ("step_up" in answer) {
      keepWay(way);
      spend();
      setAsked(answer.step_up);
      go("factor");
    } else {
      keepWay(way);
      enter(answer, next);
    }
  };
  const hasPasskeys = useHasPasskeys();
  const passkey = usePasskey({
    isRemembered,
    isOffered: hasPasskeys && step === "who",
    onSigned: (me) => enter(me, next),
  });

  switch (step) {
    case "who":
      return (
        <WhoStep
          identifier={identifier}
          onIdentifier={setIdentifier}
          isRemembered={isRemembered}
          onRemembered={setRemembered}
          isBusy={sending.isPending || (passkey.isPending && passkey.variables === false)}
          error={sending.error ?? passkey.error}
          onPasskey={hasPasskeys ? () => passkey.mutate(false) : undefined}
          onContinue={() =>
            isEmail(identifier) && lastWay() === "code" ? sendCode() : go("password")
          }
        />
      );
    case "password":
      return (
        <ProveStep
          title={t("auth.password.title")}
          identifier={email}
          onBack={() => go("who")}
          error={sending.error}
          other={
            isEmail(email)
              ? { label: t("auth.code.use"), onUse: sendCode, isBusy: sending.isPending }
              : undefined
          }
        >
          <PasswordForm
            identifier={email}
            isRemembered={isRemembered}
            onAnswer={entered("password")}
          />
        </ProveStep>
      );
    case "code":
      return (
        <ProveStep
          title={t("auth.code.title")}
          identifier={email}
          onBack={() => go("who")}
          error={sending.error}
          other={{ label: t("auth.password.use"), onUse: () => go("password") }}
        >
          {sent && (
            <CodeForm
              sent={sent}
              isRemembered={isRemembered}
              onResend={() => sending.mutate(email)}
              isResending={sending.isPending}
              onAnswer={entered("code")}
            />
          )}
        </ProveStep>
      );
    case "factor":
      return (
        asked && (
          <FactorStep
            asked={asked}
            identifier={email}
            onBack={() => go("who")}
            onEntered={(me) => enter(me, next)}
          />
        )
      );
    case "join":
      return (
        ticket && (
          <JoinForm
            email={email}
            ticket={ticket}
            isRemembered={isRemembered}
            onJoined={(me) =>
              enter(me, next === "/" ? "/welcome" : `/welcome?next=${encodeURIComponent(next)}`)
            }
            onStale={() => {
              setTicket(undefined);
              go("who");
            }}
          />
        )
      );
  }
}

interface Had {
  email: string;
  sent: Sent | undefined;
  ticket: string | undefined;
  asked: StepUp | undefined;
}

/** The step of the address, if what it needs is there: after a reload it is not. */
function stepOf(step: string | undefined, had: Had): Step {
  if (step === "password" && had.email !== "") return "password";
  if (step === "code" && had.sent?.email === had.email && had.email !== "") return "code";
  if (step === "factor" && had.asked) return "factor";
  return step === "join" && had.ticket ? "join" : "who";
}

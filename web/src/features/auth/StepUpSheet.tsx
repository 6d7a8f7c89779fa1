import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { beginStepUp } from "@/api/auth/begin-step-up";
import { finishStepUp, type Proof } from "@/api/auth/finish-step-up";
import { useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { useSession } from "@/lib/session";
import { useSecondsLeft, useWaitOf } from "@/lib/wait";
import { Button } from "@/ui/Button";
import { Sheet } from "@/ui/Sheet";
import { Skeleton } from "@/ui/Skeleton";
import { ProofForm } from "./ProofForm";
import { Trouble } from "./Trouble";

const PAUSE_MS = 30_000;

/** Asks who holds the session to prove it; what was refused for want of it is then done. */
export function StepUpSheet() {
  const t = useT();
  const settle = useSession((s) => s.settleStepUp);
  return (
    <Sheet
      isOpen
      onClose={() => settle(false)}
      title={t("auth.stepUp.title")}
      text={t("auth.stepUp.text")}
    >
      <StepUp onProven={() => settle(true)} />
    </Sheet>
  );
}

function StepUp({ onProven }: { onProven: () => void }) {
  const t = useT();
  const [round, setRound] = useState(0);
  const asking = useQuery({
    queryKey: ["step-up", round],
    queryFn: async () => ({ ...(await beginStepUp()), at: Date.now() }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const proving = useMutation({
    mutationFn: (proof: Proof) => finishStepUp(asking.data?.challenge_id ?? "", proof),
    onSuccess: onProven,
  });
  const again = () => {
    proving.reset();
    setRound(round + 1);
  };
  const seconds = useWaitOf(asking.error);
  const methods = asking.data?.methods.map((method) => method.name) ?? [];
  const isByMail = methods.includes("email_code");
  const toResend = useSecondsLeft((asking.data?.at ?? 0) + PAUSE_MS);

  if (asking.isPending) return <Skeleton className="h-40" />;
  if (asking.error) {
    return (
      <div className="flex flex-col gap-4">
        <Trouble error={asking.error} seconds={seconds} />
        {(isProblem(asking.error, "RATE_LIMITED") ||
          !isProblem(asking.error) ||
          asking.error.retryable) && (
          <Button look="secondary" isWide disabled={seconds > 0} onClick={again}>
            {t("ui.retry")}
          </Button>
        )}
      </div>
    );
  }
  return (
    <>
      {isByMail && <p className="mb-4">{t("auth.stepUp.mail")}</p>}
      <ProofForm
        key={round}
        methods={methods}
        passkey={asking.data.passkey}
        isBusy={proving.isPending}
        error={proving.error}
        onProof={proving.mutate}
        onAgain={again}
      />
      {isByMail && (
        <Button look="quiet" isWide disabled={toResend > 0} onClick={again} className="mt-2">
          {toResend > 0 ? t("auth.code.again.in", { seconds: toResend }) : t("auth.code.again")}
        </Button>
      )}
    </>
  );
}

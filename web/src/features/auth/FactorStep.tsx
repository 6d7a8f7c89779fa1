import { useMutation } from "@tanstack/react-query";
import type { StepUp } from "@/api/auth/begin-step-up";
import { finishStepUp, type Proof } from "@/api/auth/finish-step-up";
import type { Me } from "@/api/me/get-me";
import { useT } from "@/lib/i18n";
import { ProofForm } from "./ProofForm";
import { ProveStep } from "./ProveStep";

interface Props {
  asked: StepUp;
  identifier: string;
  onBack: () => void;
  onEntered: (me: Me) => void;
}

/** The second factor of a sign-in. */
export function FactorStep({ asked, identifier, onBack, onEntered }: Props) {
  const t = useT();
  const proving = useMutation({
    mutationFn: (proof: Proof) => finishStepUp(asked.challenge_id, proof),
    onSuccess: (answer) => "handle" in answer && onEntered(answer),
  });
  return (
    <ProveStep title={t("auth.factor.title")} identifier={identifier} onBack={onBack}>
      <ProofForm
        methods={asked.methods.map((method) => method.name)}
        passkey={asked.passkey}
        isBusy={proving.isPending}
        error={proving.error}
        onProof={proving.mutate}
      />
    </ProveStep>
  );
}

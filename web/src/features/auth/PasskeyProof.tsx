import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { takeFocus } from "@/lib/focus";
import { useT } from "@/lib/i18n";
import { isGivenUp, signWithPasskey } from "@/lib/passkeys";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";

interface Props {
  options: Record<string, unknown>;
  isBusy: boolean;
  /** Whether the API has had its answer: it takes one. */
  isSpent: boolean;
  onSigned: (proof: string) => void;
  onAgain: (() => void) | undefined;
}

/** A proof by passkey: the browser asks, the person touches. */
export function PasskeyProof({ options, isBusy, isSpent, onSigned, onAgain }: Props) {
  const t = useT();
  const signing = useMutation({
    mutationFn: () => signWithPasskey(options),
    onSuccess: (credential) => onSigned(JSON.stringify(credential)),
  });
  if (isSpent) {
    if (!onAgain) return null;
    return (
      <Button isWide look="secondary" onClick={onAgain}>
        {t("ui.retry")}
      </Button>
    );
  }
  return (
    <>
      <p className="text-sm text-muted">{t("auth.passkey.text")}</p>
      {signing.error &&
        (isGivenUp(signing.error) ? (
          <p role="alert" className="text-sm font-semibold text-danger">
            {t("auth.passkey.givenUp")}
          </p>
        ) : (
          <ErrorPanel error={signing.error} />
        ))}
      <Button
        ref={takeFocus}
        isWide
        isBusy={isBusy || signing.isPending}
        onClick={() => signing.mutate()}
      >
        <KeyRound size={20} aria-hidden="true" />
        {t("auth.passkey.use")}
      </Button>
    </>
  );
}

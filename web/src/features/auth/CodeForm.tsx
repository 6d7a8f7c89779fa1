import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { checkCode } from "@/api/auth/check-code";
import { takeFocus } from "@/lib/focus";
import { useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { useSecondsLeft, useWaitOf } from "@/lib/wait";
import { Button } from "@/ui/Button";
import { CodeField } from "@/ui/CodeField";
import { MailboxHint } from "@/ui/MailboxHint";
import type { Sent } from "./sent";
import { Trouble } from "./Trouble";

interface Props {
  sent: Sent;
  isRemembered: boolean;
  onResend: () => void;
  isResending: boolean;
  onAnswer: (answer: Awaited<ReturnType<typeof checkCode>>) => void;
}

/** The code that went to an e-mail. */
export function CodeForm({ sent, isRemembered, onResend, isResending, onAnswer }: Props) {
  const t = useT();
  const [code, setCode] = useState("");
  const checking = useMutation({
    mutationFn: (typed: string) =>
      checkCode({ challenge_id: sent.challengeId ?? "", code: typed, remember: isRemembered }),
    onSuccess: onAnswer,
  });
  const seconds = useWaitOf(checking.error);
  const toResend = useSecondsLeft(sent.nextAt);
  const failed = isProblem(checking.error, "CHALLENGE_FAILED") ? checking.error : undefined;
  const left = Number(failed?.body.tries_left ?? 0);
  const isMissing = sent.challengeId === null;
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (code.length === 6 && !checking.isPending) checking.mutate(code);
      }}
    >
      {!failed && <Trouble error={checking.error} seconds={seconds} />}
      {isMissing ? (
        <p role="status">{t("auth.code.wait")}</p>
      ) : (
        <>
          <CodeField
            key={sent.challengeId}
            ref={takeFocus}
            label={t("auth.code")}
            value={code}
            error={failed ? t("auth.code.failed", { left }) : undefined}
            isBusy={checking.isPending}
            onChange={setCode}
            onWhole={(whole) => checking.mutate(whole)}
          />
          <MailboxHint />
          <Button
            type="submit"
            isWide
            isBusy={checking.isPending}
            disabled={code.length < 6 || seconds > 0}
          >
            {t("ui.continue")}
          </Button>
        </>
      )}
      <Button
        look="secondary"
        isWide
        isBusy={isResending}
        disabled={toResend > 0}
        onClick={() => {
          setCode("");
          checking.reset();
          onResend();
        }}
      >
        {toResend > 0 ? t("auth.code.again.in", { seconds: toResend }) : t("auth.code.again")}
      </Button>
    </form>
  );
}

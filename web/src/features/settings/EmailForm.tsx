import { useMemo, useState } from "react";
import { useAskEmail, useConfirmEmail } from "@/api/me/change-email";
import { takeFocus } from "@/lib/focus";
import { rich, useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { isEmail } from "@/lib/rules";
import { useSecondsLeft } from "@/lib/wait";
import { Button } from "@/ui/Button";
import { CodeField } from "@/ui/CodeField";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { TextField } from "@/ui/Field";
import { MailboxHint } from "@/ui/MailboxHint";

/** Another e-mail: a code goes there, and nothing changes before it comes back. */
export function EmailForm({ email }: { email: string }) {
  const t = useT();
  const [typed, setTyped] = useState("");
  const [isLeft, setLeft] = useState(false);
  const [code, setCode] = useState("");
  const asking = useAskEmail();
  const confirming = useConfirmEmail();
  const [isOpen, setOpen] = useState(false);
  // The proof before it may have been a code too, and codes keep their distance.
  const tooSoon = isProblem(asking.error, "RATE_LIMITED") ? asking.error : undefined;
  const until = useMemo(() => tooSoon && Date.now() + 1000 * (tooSoon.retryAfter ?? 30), [tooSoon]);
  const seconds = useSecondsLeft(until);
  const next = typed.trim();
  const challenge = asking.data?.challenge_id;
  const fault = isEmail(next) ? undefined : t("auth.email.wrong");
  const isSame = next.toLowerCase() === email.toLowerCase();
  const failed = isProblem(confirming.error, "CHALLENGE_FAILED") ? confirming.error : undefined;
  const end = () => {
    setOpen(false);
    setTyped("");
    setCode("");
    setLeft(false);
    asking.reset();
  };
  const confirm = (whole: string) => {
    if (challenge === undefined || confirming.isPending) return;
    confirming.mutate({ challenge_id: challenge, code: whole }, { onSuccess: end });
  };
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 break-words">
          <bdi dir="ltr">{email}</bdi>
        </p>
        {!isOpen && (
          <Button
            look="secondary"
            onClick={() => {
              confirming.reset();
              setOpen(true);
            }}
          >
            {t("settings.email.change")}
          </Button>
        )}
      </div>
      <p role="status" className="text-sm font-semibold text-money-in empty:hidden">
        {confirming.isSuccess && t("settings.email.changed")}
      </p>
      {isOpen && challenge === undefined && (
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (!fault && !isSame && seconds === 0) asking.mutate(next);
          }}
        >
          <TextField
            ref={takeFocus}
            label={t("settings.email.new")}
            hint={t("settings.email.hint")}
            type="email"
            autoComplete="email"
            dir="ltr"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onBlur={() => setLeft(typed !== "")}
            error={isLeft ? (fault ?? (isSame ? t("settings.email.same") : undefined)) : undefined}
          />
          {asking.error && !tooSoon && <ErrorPanel error={asking.error} />}
          <div className="flex flex-wrap gap-2">
            <Button
              type="submit"
              isBusy={asking.isPending}
              disabled={fault !== undefined || isSame || seconds > 0}
            >
              {seconds > 0 ? t("auth.code.again.in", { seconds }) : t("auth.code.send")}
            </Button>
            <Button look="secondary" onClick={end}>
              {t("ui.cancel")}
            </Button>
          </div>
        </form>
      )}
      {isOpen && challenge !== undefined && (
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (code.length === 6) confirm(code);
          }}
        >
          <p role="status">{rich("auth.code.sent", { email: <bdi dir="ltr">{next}</bdi> })}</p>
          <CodeField
            ref={takeFocus}
            label={t("auth.code")}
            value={code}
            onChange={setCode}
            onWhole={confirm}
            isBusy={confirming.isPending}
            error={failed && t("auth.code.failed", { left: Number(failed.body.tries_left ?? 0) })}
          />
          <MailboxHint />
          {confirming.error && !failed && <ErrorPanel error={confirming.error} />}
          <div className="flex flex-wrap gap-2">
            <Button type="submit" isBusy={confirming.isPending} disabled={code.length < 6}>
              {t("settings.email.change")}
            </Button>
            <Button look="secondary" onClick={end}>
              {t("ui.cancel")}
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}

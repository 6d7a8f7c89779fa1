import { Link } from "@tanstack/react-router";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useT } from "@/lib/i18n";
import { isIdentifier } from "@/lib/rules";
import { useWaitOf } from "@/lib/wait";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { Trouble } from "./Trouble";

interface Props {
  identifier: string;
  onIdentifier: (typed: string) => void;
  isRemembered: boolean;
  onRemembered: (isRemembered: boolean) => void;
  onContinue: () => void;
  isBusy: boolean;
  error: unknown;
  /** Asks a passkey; absent where there are none. */
  onPasskey: (() => void) | undefined;
}

/** Who wants in. */
export function WhoStep(props: Props) {
  const t = useT();
  const [isLeft, setLeft] = useState(false);
  const seconds = useWaitOf(props.error);
  const isRight = isIdentifier(props.identifier);
  const isWrong = isLeft && props.identifier !== "" && !isRight;
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (isRight && seconds === 0 && !props.isBusy) props.onContinue();
      }}
    >
      <h2 className="text-lg font-semibold">{t("auth.who.title")}</h2>
      <Trouble error={props.error} seconds={seconds} />
      <TextField
        label={t("auth.identifier")}
        hint={t("auth.who.new")}
        error={isWrong ? t("auth.identifier.wrong") : undefined}
        name="username"
        autoComplete="username webauthn"
        autoCapitalize="none"
        spellCheck={false}
        inputMode="email"
        dir="auto"
        value={props.identifier}
        onChange={(event) => props.onIdentifier(event.target.value)}
        onBlur={() => setLeft(true)}
      />
      <label className="flex min-h-11 items-center gap-3">
        <input
          type="checkbox"
          checked={props.isRemembered}
          onChange={(event) => props.onRemembered(event.target.checked)}
          className="size-5 accent-primary"
        />
        {t("auth.remember")}
      </label>
      <Button type="submit" isWide isBusy={props.isBusy} disabled={!isRight || seconds > 0}>
        {t("ui.continue")}
      </Button>
      {props.onPasskey && (
        <Button look="secondary" isWide onClick={props.onPasskey} disabled={props.isBusy}>
          <KeyRound size={20} aria-hidden="true" />
          {t("auth.passkey.use")}
        </Button>
      )}
      <p className="text-center text-sm">
        <Link to="/recover" className="inline-flex min-h-11 items-center text-primary underline">
          {t("auth.recover.link")}
        </Link>
      </p>
    </form>
  );
}

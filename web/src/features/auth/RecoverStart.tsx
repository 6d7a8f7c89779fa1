import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { takeFocus } from "@/lib/focus";
import { useT } from "@/lib/i18n";
import { isEmail } from "@/lib/rules";
import { useWaitOf } from "@/lib/wait";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { Trouble } from "./Trouble";

interface Props {
  email: string;
  onEmail: (typed: string) => void;
  isBusy: boolean;
  error: unknown;
  onStart: () => void;
}

/** Where the code goes that opens the account. */
export function RecoverStart({ email, onEmail, isBusy, error, onStart }: Props) {
  const t = useT();
  const [isLeft, setLeft] = useState(false);
  const seconds = useWaitOf(error);
  const isRight = isEmail(email);
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (isRight && !isBusy) onStart();
      }}
    >
      <Trouble error={error} seconds={seconds} />
      <TextField
        ref={takeFocus}
        label={t("auth.email")}
        type="email"
        autoComplete="email"
        dir="ltr"
        value={email}
        error={isLeft && email !== "" && !isRight ? t("auth.email.wrong") : undefined}
        onChange={(event) => onEmail(event.target.value)}
        onBlur={() => setLeft(true)}
      />
      <Button type="submit" isWide isBusy={isBusy} disabled={!isRight || seconds > 0}>
        {t("auth.code.send")}
      </Button>
      <p className="text-center text-sm">
        <Link to="/sign-in" className="inline-flex min-h-11 items-center text-primary underline">
          {t("auth.recover.back")}
        </Link>
      </p>
    </form>
  );
}

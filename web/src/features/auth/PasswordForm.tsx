import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { signIn } from "@/api/auth/sign-in";
import { takeFocus } from "@/lib/focus";
import { useT } from "@/lib/i18n";
import { useWaitOf } from "@/lib/wait";
import { Button } from "@/ui/Button";
import { PasswordField } from "@/ui/PasswordField";
import { Trouble } from "./Trouble";

interface Props {
  identifier: string;
  isRemembered: boolean;
  onAnswer: (answer: Awaited<ReturnType<typeof signIn>>) => void;
}

/** The password of whoever said who they are. */
export function PasswordForm({ identifier, isRemembered, onAnswer }: Props) {
  const t = useT();
  const [password, setPassword] = useState("");
  const [isLeft, setLeft] = useState(false);
  const signing = useMutation({ mutationFn: signIn, onSuccess: onAnswer });
  const seconds = useWaitOf(signing.error);
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (password === "" || seconds > 0 || signing.isPending) return;
        signing.mutate({ identifier: identifier.trim(), password, remember: isRemembered });
      }}
    >
      <Trouble error={signing.error} seconds={seconds} />
      <input
        name="username"
        autoComplete="username"
        value={identifier}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
        className="sr-only"
      />
      <PasswordField
        ref={takeFocus}
        label={t("auth.password")}
        name="password"
        autoComplete="current-password"
        maxLength={128}
        value={password}
        error={isLeft && password === "" ? t("auth.password.empty") : undefined}
        onChange={(event) => setPassword(event.target.value)}
        onBlur={() => setLeft(true)}
      />
      <Button
        type="submit"
        isWide
        isBusy={signing.isPending}
        disabled={password === "" || seconds > 0}
      >
        {t("auth.signIn")}
      </Button>
      <p className="text-center text-sm">
        <Link to="/recover" className="inline-flex min-h-11 items-center text-primary underline">
          {t("auth.password.forgotten")}
        </Link>
      </p>
    </form>
  );
}

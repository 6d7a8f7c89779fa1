import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useApp } from "@/api/app/get-app";
import { askPasskey } from "@/api/auth/ask-passkey";
import { signInByPasskey } from "@/api/auth/sign-in-by-passkey";
import type { Me } from "@/api/me/get-me";
import {
  canAutofillPasskey,
  canPasskey,
  isGivenUp,
  signWithPasskey,
  stopPasskey,
} from "@/lib/passkeys";

/** A challenge is good for five minutes. */
const RENEW_MS = 4.5 * 60_000;

/** Whether the button for a passkey has a place here. */
export function useHasPasskeys(): boolean {
  const { data: app } = useApp();
  return app?.passkeys === true && canPasskey();
}

interface Options {
  isRemembered: boolean;
  /** Offer passkeys where the name is typed. */
  isOffered: boolean;
  onSigned: (me: Me) => void;
}

/** Sign-in by passkey: by the button (`mutate(false)`), and by what the browser offers in the field. */
export function usePasskey({ isRemembered, isOffered, onSigned }: Options) {
  const remembered = useRef(isRemembered);
  remembered.current = isRemembered;
  const signing = useMutation({
    mutationFn: async (isAutofill: boolean) => {
      const { challenge_id, options } = await askPasskey();
      const credential = await signWithPasskey(options, isAutofill).catch((error: unknown) => {
        if (isGivenUp(error)) return undefined;
        throw error;
      });
      if (credential === undefined) return undefined;
      return signInByPasskey({ challenge_id, credential, remember: remembered.current });
    },
    onSuccess: (me) => me && onSigned(me),
  });
  const { mutate } = signing;
  useEffect(() => {
    if (!isOffered) return;
    let renewing: ReturnType<typeof setInterval> | undefined;
    // The timer spares the ask of a page that is left at once.
    const starting = setTimeout(async () => {
      if (!(await canAutofillPasskey())) return;
      mutate(true);
      renewing = setInterval(() => mutate(true), RENEW_MS);
    }, 50);
    return () => {
      clearTimeout(starting);
      clearInterval(renewing);
      if (renewing !== undefined) void stopPasskey();
    };
  }, [isOffered, mutate]);
  return signing;
}

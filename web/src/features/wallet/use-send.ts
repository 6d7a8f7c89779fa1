import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Transfer } from "@/api/transfers/get-transfers";
import type { Wanted } from "@/api/transfers/quote-transfer";
import { sendTransfer } from "@/api/transfers/send-transfer";
import {
  type Attempt,
  beginAttempt,
  endAttempt,
  isLost,
  loseAttempt,
  openAttempt,
} from "@/lib/attempt";
import { isProblem, isSilence } from "@/lib/problem";

/** Seconds to wait before each try of one attempt. */
const WAITS = [0, 1, 2, 4, 8, 16, 30];

export type Sending =
  | { name: "ready"; error?: unknown }
  | { name: "sending" }
  /** It was sent, and nobody knows yet what became of it. */
  | { name: "unsure"; attempt: Attempt<Wanted>; isTrying: boolean };

function found(name: string): Sending {
  const attempt = openAttempt<Wanted>(name);
  return attempt ? { name: "unsure", attempt, isTrying: false } : { name: "ready" };
}

/**
 * Sends a transfer once. Without an answer it asks again, the same body under the same key, until
 * the server has said what became of it; nothing else can be sent meanwhile. `name`: whose, and
 * of what kind.
 */
export function useSend(name: string, onDone: (transfer: Transfer) => void) {
  const queries = useQueryClient();
  const [state, setState] = useState<Sending>(() => found(name));
  const isSending = useRef(false);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);

  const tryAll = async (attempt: Attempt<Wanted>) => {
    for (const seconds of WAITS) {
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      if (isGone.current) return;
      try {
        const transfer = await sendTransfer(attempt.body, attempt.key);
        endAttempt(name, attempt.key);
        for (const key of ["balance", "transfers", "activity", "limits"]) {
          void queries.invalidateQueries({ queryKey: [key] });
        }
        if (!isGone.current) onDone(transfer);
        return;
      } catch (error) {
        if (!isSilence(error, isLost(name, attempt.key))) {
          endAttempt(name, attempt.key);
          setState({ name: "ready", error });
          return;
        }
        setState({ name: "unsure", attempt: loseAttempt(name, attempt), isTrying: true });
        // Who will not prove it now is not asked again by itself.
        if (isProblem(error, "STEP_UP_REQUIRED")) break;
      }
    }
    setState({ name: "unsure", attempt, isTrying: false });
  };

  const pursue = (attempt: Attempt<Wanted>) => {
    if (isSending.current) return;
    isSending.current = true;
    setState(attempt.isLost ? { name: "unsure", attempt, isTrying: true } : { name: "sending" });
    void tryAll(attempt).finally(() => {
      isSending.current = false;
    });
  };

  /** Sends this, unless something else is open: that is shown, to be finished first. */
  const send = (wanted: Wanted) => {
    if (isSending.current) return;
    const attempt = beginAttempt(name, wanted);
    if (attempt) pursue(attempt);
    else setState(found(name));
  };
  /** Asks what became of the one that is open. */
  const finish = () => {
    if (state.name === "unsure") pursue(loseAttempt(name, state.attempt));
  };
  return { state, send, finish };
}

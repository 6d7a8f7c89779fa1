import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Transfer } from "@/api/transfers/get-transfers";
import type { Wanted } from "@/api/transfers/quote-transfer";
import { sendTransfer } from "@/api/transfers/send-transfer";
import { beginAttempt, endAttempt, isUnknown, openAttempt } from "@/lib/attempt";

/** Seconds to wait before each try of one attempt. */
const WAITS = [0, 1, 2, 4, 8, 16, 30];

export type Sending =
  | { name: "ready"; error?: unknown }
  | { name: "sending" }
  /** It was sent, and nobody knows yet what became of it. */
  | { name: "unsure"; wanted: Wanted; isTrying: boolean };

function found(name: string): Sending {
  const open = openAttempt<Wanted>(name);
  return open ? { name: "unsure", wanted: open.body, isTrying: false } : { name: "ready" };
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

  const tryAll = async (wanted: Wanted) => {
    const attempt = beginAttempt(name, wanted);
    for (const seconds of WAITS) {
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      if (isGone.current) return;
      try {
        const transfer = await sendTransfer(attempt.body, attempt.key);
        endAttempt(name);
        for (const key of ["balance", "transfers", "activity", "limits"]) {
          void queries.invalidateQueries({ queryKey: [key] });
        }
        if (!isGone.current) onDone(transfer);
        return;
      } catch (error) {
        if (!isUnknown(error)) {
          endAttempt(name);
          setState({ name: "ready", error });
          return;
        }
        setState({ name: "unsure", wanted: attempt.body, isTrying: true });
      }
    }
    setState({ name: "unsure", wanted: attempt.body, isTrying: false });
  };

  const send = (wanted: Wanted) => {
    if (isSending.current) return;
    isSending.current = true;
    setState((now) => (now.name === "unsure" ? { ...now, isTrying: true } : { name: "sending" }));
    void tryAll(wanted).finally(() => {
      isSending.current = false;
    });
  };
  return { state, send };
}

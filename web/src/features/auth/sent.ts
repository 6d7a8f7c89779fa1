import { useMutation } from "@tanstack/react-query";
import { startEntry } from "@/api/auth/start-entry";
import { isProblem } from "@/lib/problem";

const PAUSE_MS = 30_000;
const LIFE_MS = 9 * 60_000;

/** A code that is on its way to an e-mail, or (without a challenge) that may not be sent yet. */
export interface Sent {
  email: string;
  challengeId: string | null;
  at: number;
  /** From when on another can be sent. */
  nextAt: number;
}

/** Whether that code can still be typed in. */
export function isFresh(sent: Sent | undefined, email: string): sent is Sent {
  return sent?.email === email && sent.challengeId !== null && Date.now() < sent.at + LIFE_MS;
}

/** Sends a code. An e-mail that has had too many is told from when on it may have another. */
export function useSendCode(onSent: (sent: Sent) => void) {
  return useMutation({
    mutationFn: async (email: string): Promise<Sent> => {
      const at = Date.now();
      try {
        const { challenge_id } = await startEntry(email);
        return { email, challengeId: challenge_id, at, nextAt: at + PAUSE_MS };
      } catch (error) {
        if (!isProblem(error, "RATE_LIMITED")) throw error;
        return { email, challengeId: null, at, nextAt: at + 1000 * (error.retryAfter ?? 30) };
      }
    },
    onSuccess: onSent,
  });
}

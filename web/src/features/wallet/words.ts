import type { Source } from "@/api/sources/get-sources";
import type { Transfer } from "@/api/transfers/get-transfers";
import type { MessageId } from "@/locales/ids";

type Tone = "calm" | "good" | "bad" | "waiting";
interface Said {
  label: MessageId;
  tone: Tone;
}

/** A bank or card in one word: where it stands, or what it waits for. */
export function sourceState(source: Source): Said {
  if (source.needs === "review") return { label: "wallet.source.review", tone: "waiting" };
  switch (source.state) {
    case "VERIFIED":
      return { label: "wallet.source.ready", tone: "good" };
    case "NEEDS_REPAIR":
      return { label: "wallet.source.repair", tone: "bad" };
    case "LINKED":
    case "VERIFYING":
    case "PENDING_SETUP":
      return { label: "wallet.source.verifying", tone: "waiting" };
    case "EXPIRED":
      return { label: "wallet.source.expired", tone: "bad" };
    case "REMOVED":
      return { label: "wallet.source.removed", tone: "calm" };
    default:
      return { label: "wallet.source.failed", tone: "bad" };
  }
}

export type Phase = "started" | "moving" | "done" | "returned" | "failed" | "cancelled";

const phases: Readonly<Record<string, Phase>> = {
  PENDING: "moving",
  PENDING_PAYEE: "moving",
  POSTED: "moving",
  SETTLED: "done",
  AVAILABLE: "done",
  COMPLETED: "done",
  RETURNED: "returned",
  DECLINED: "failed",
  FAILED: "failed",
  REJECTED: "failed",
  CANCELLED: "cancelled",
};

/** The people's word for a state of a transfer; a state that we do not know has begun at least. */
export function phaseOf(state: string): Phase {
  return phases[state] ?? "started";
}

export const phaseTones: Readonly<Record<Phase, Tone>> = {
  started: "waiting",
  moving: "waiting",
  done: "good",
  returned: "bad",
  failed: "bad",
  cancelled: "calm",
};

export interface Step {
  phase: Phase;
  at: string;
}

/** The course of a transfer in people's words: of states with the same word, the first. */
export function stepsOf(transfer: Transfer): Step[] {
  const steps: Step[] = [];
  for (const { state, at } of transfer.timeline) {
    const phase = phaseOf(state);
    if (steps.at(-1)?.phase !== phase) steps.push({ phase, at });
  }
  return steps;
}

/** Why it did not come through, in kinds that people can do something about. */
export function reasonOf({ failure_code: code }: Transfer): MessageId {
  if (code === "R01" || code === "R09" || code === "insufficient_funds") return "wallet.why.short";
  if (/^R(02|03|04|12|13|16|20)$/.test(code ?? "")) return "wallet.why.account";
  if (/^R(05|07|08|10|11|29)$/.test(code ?? "")) return "wallet.why.refused";
  if (code === "DEADLINE") return "wallet.why.late";
  return "wallet.why.other";
}

import { type Draft, isOpen } from "./draft";
import { freshDraft, happen } from "./drafts";
import { isProblem, Problem } from "./problem";

/** How something is sent, and looked for. Both throw a Problem. */
export interface Door {
  send: (draft: Draft) => Promise<{ id: string; isReplayed: boolean }>;
  /** What the key has made, if anything, and when the server said so (milliseconds since 1970). */
  find: ((key: string) => Promise<{ id: string | undefined; at: number }>) | undefined;
}

const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
const running = new Set<string>();

/** Whether this tab is at it. */
export function isRunning(id: string): boolean {
  return running.has(id);
}

/**
 * The server does not know, or had no time: it may know when it is asked once more. What carries
 * no code is not its word at all, but that of something in between: it knows nothing of the money.
 */
function isSilence(problem: Problem, isLost: boolean): boolean {
  const isForeign = typeof problem.body.code !== "string";
  return isForeign || problem.moneyMoved === "unknown" || (isLost && problem.retryable);
}

async function attempt(draft: Draft, door: Door): Promise<void> {
  try {
    const done = await door.send(draft);
    happen(draft.id, { type: "done", ...done });
  } catch (error) {
    const problem = isProblem(error) ? error : Problem.noAnswer();
    if (isSilence(problem, draft.isLost)) happen(draft.id, { type: "lost" });
    else {
      // A refusal that has left a payment behind is what this key says from here on; a key that
      // belongs to something else says so for ever, too.
      const isOthers = problem.code === "IDEMPOTENCY_KEY_REUSED";
      const isBound = isOthers || problem.body.payment_id !== undefined;
      const why = { status: problem.status, body: { ...problem.body } };
      happen(draft.id, { type: "refused", why, isBound });
    }
  }
}

async function look(draft: Draft, door: Door): Promise<void> {
  if (door.find === undefined || draft.seal === undefined) return;
  const found = await door.find(draft.seal.key).catch(() => undefined);
  if (found === undefined) return;
  if (found.id !== undefined) happen(draft.id, { type: "done", id: found.id, isReplayed: true });
  else happen(draft.id, { type: "absent", at: found.at });
}

const wait = (ms: number) =>
  new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
  });

/**
 * Sends a draft that is SENDING or CHECKING until it is known what became of it: always the same
 * key and body. Whoever calls it while it runs here changes nothing.
 */
export async function pursue(id: string, door: Door): Promise<void> {
  if (running.has(id)) return;
  running.add(id);
  try {
    for (let tries = 0; ; tries += 1) {
      const draft = freshDraft(id);
      if (draft === undefined || !isOpen(draft)) return;
      // Once refused, another try says the same: what may have arrived before is looked for.
      if (draft.why === undefined) await attempt(draft, door);
      else await look(draft, door);
      const after = freshDraft(id);
      if (after === undefined || !isOpen(after)) return;
      await wait(PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)] ?? 30_000);
    }
  } finally {
    running.delete(id);
  }
}

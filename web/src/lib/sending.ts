import { type Draft, isOpen } from "./draft";
import { freshDraft, happen } from "./drafts";
import { isProblem, isSilence, Problem } from "./problem";

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

async function attempt(draft: Draft, key: string, door: Door): Promise<void> {
  try {
    const done = await door.send(draft);
    happen(draft.id, { type: "done", key, ...done });
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

async function look(draft: Draft, key: string, door: Door): Promise<void> {
  const found = await door.find?.(key).catch(() => undefined);
  if (found === undefined) return;
  const { id, at } = found;
  if (id !== undefined) happen(draft.id, { type: "done", key, id, isReplayed: true });
  else happen(draft.id, { type: "absent", at });
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
async function pursue(id: string, door: Door, isPressed: boolean): Promise<void> {
  if (running.has(id)) return;
  running.add(id);
  try {
    // Another document was sending it: what it is answered, if it is, is not told here.
    if (freshDraft(id)?.step === "SENDING") happen(id, { type: "lost" });
    if (isPressed) happen(id, { type: "send" });
    for (let tries = 0; ; tries += 1) {
      const draft = freshDraft(id);
      const key = draft?.seal?.key;
      if (draft === undefined || key === undefined || !isOpen(draft)) return;
      // Once refused, another try says the same: what may have arrived before is looked for.
      if (draft.why === undefined) await attempt(draft, key, door);
      else await look(draft, key, door);
      const after = freshDraft(id);
      if (after === undefined || !isOpen(after)) return;
      await wait(PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)] ?? 30_000);
    }
  } finally {
    running.delete(id);
  }
}

/** Sends what was reviewed. */
export function send(id: string, door: Door): Promise<void> {
  return pursue(id, door, true);
}

/** Asks what became of what was sent before this document was there, or by another tab. */
export function resume(id: string, door: Door): Promise<void> {
  return pursue(id, door, false);
}

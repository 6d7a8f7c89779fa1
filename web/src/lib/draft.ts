/**
 * One payment or request, from its first letter to its end, and the key under which it happens at
 * most once. A pure machine: what happens is an event, `next` gives the draft after it.
 *
 * The key is made when the review opens and written down before anything is sent. It stays while
 * the body stays. Another one takes its place only when no attempt is open, and either the body
 * has changed or the server has bound the old key to a refusal: that one it would say for ever.
 *
 * When may it be said that nothing was sent? A request under way may arrive after its sender has
 * given up. The server looks at the key first, then at the quote: once `until` has passed, a quote
 * pays no more. One that arrived before may still be at work: up to 10 s in the queue, 10 s in the
 * books, 10 s of new tries, and once more 10 s. So whoever finds nothing under the key, at a time
 * of the server's own clock 45 s after `until`, knows that nothing will ever be there.
 */
export const GRACE_MS = 45_000;

export type Step = "EDITING" | "REVIEWED" | "SENDING" | "CHECKING" | "REFUSED" | "UNSENT" | "DONE";
export type Kind = "pay" | "request";
export type Body = Readonly<Record<string, string | number>>;

export interface DraftPerson {
  id: string;
  handle: string;
  display_name: string;
  avatar_seed: string;
  member_since?: string | null;
}

export interface Form {
  person?: DraftPerson | undefined;
  /** As typed. */
  amount: string;
  note: string;
  audience?: "private" | "friends" | "public" | undefined;
  /** A bank or card, or `balance`; without it whatever covers the amount. */
  source?: string | undefined;
  /** The request that is paid: person, amount and note are its own. */
  requestId?: string | undefined;
}

/** A refusal as it is kept: the problem's document. */
export interface Why {
  status: number;
  body: Record<string, unknown>;
}

interface Seal {
  key: string;
  body: Body;
  /** The server has finished this key: it answers the same for ever. */
  isBound: boolean;
  /** What was quoted last, and until when the server holds to it. */
  token?: string | undefined;
  until?: string | undefined;
}

export interface Draft {
  id: string;
  kind: Kind;
  /** Milliseconds since 1970. */
  at: number;
  step: Step;
  form: Form;
  seal?: Seal | undefined;
  /** An attempt under the seal has had no answer. */
  isLost: boolean;
  why?: Why | undefined;
  done?: { id: string; isReplayed: boolean } | undefined;
}

export type Event =
  | { type: "edit"; form: Partial<Form>; kind?: Kind }
  | { type: "review"; body: Body; newKey: string }
  | { type: "quoted"; body: Body; token: string; until: string }
  | { type: "send" }
  | { type: "lost" }
  | { type: "refused"; why: Why; isBound: boolean }
  /** A success under a key, whoever has heard of it. */
  | { type: "done"; key: string; id: string; isReplayed: boolean }
  /** Nothing was found under the key. `at`: the server's clock, milliseconds since 1970. */
  | { type: "absent"; at: number };

export function newDraft(id: string, now: number, form: Partial<Form> = {}): Draft {
  return {
    id,
    kind: "pay",
    at: now,
    step: "EDITING",
    form: { amount: "", note: "", ...form },
    isLost: false,
  };
}

/** Somebody waits for an answer: nothing may be changed. */
export function isOpen(draft: Draft): boolean {
  return draft.step === "SENDING" || draft.step === "CHECKING";
}

export function isSame(a: Body, b: Body): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
}

function isFree(draft: Draft): boolean {
  return !isOpen(draft) && draft.step !== "DONE";
}

function reviewed(draft: Draft, body: Body, newKey: string): Draft {
  const { seal } = draft;
  const isKept = seal !== undefined && !seal.isBound && isSame(seal.body, body);
  // A quote of an earlier review is asked anew.
  const key = isKept ? seal.key : newKey;
  const isReady = draft.step === "REVIEWED" && isKept;
  if (isReady) return draft;
  return {
    ...draft,
    step: "REVIEWED",
    seal: { key, body, isBound: false },
    isLost: false,
    why: undefined,
  };
}

function refused(draft: Draft, why: Why, isBound: boolean): Draft {
  if (!isOpen(draft) || draft.seal === undefined) return draft;
  // An earlier attempt may still be on its way: this answer is not about that one.
  const mayCome = draft.isLost && !isBound && draft.seal.until !== undefined;
  if (mayCome) return { ...draft, step: "CHECKING", why };
  return { ...draft, step: "REFUSED", isLost: false, why, seal: { ...draft.seal, isBound } };
}

function absent(draft: Draft, at: number): Draft {
  const until = Date.parse(draft.seal?.until ?? "");
  if (!isOpen(draft) || !(at >= until + GRACE_MS)) return draft;
  return { ...draft, step: "UNSENT", isLost: false };
}

/** The draft after an event; the same one where the event has no place. */
export function next(draft: Draft, event: Event): Draft {
  switch (event.type) {
    case "edit":
      if (!isFree(draft)) return draft;
      return {
        ...draft,
        step: "EDITING",
        kind: event.kind ?? draft.kind,
        form: { ...draft.form, ...event.form },
      };
    case "review":
      return isFree(draft) ? reviewed(draft, event.body, event.newKey) : draft;
    case "quoted":
      if (draft.step !== "REVIEWED" || !draft.seal || !isSame(draft.seal.body, event.body)) {
        return draft;
      }
      return { ...draft, seal: { ...draft.seal, token: event.token, until: event.until } };
    case "send": {
      const isReady = draft.kind === "request" || draft.seal?.token !== undefined;
      return draft.step === "REVIEWED" && isReady ? { ...draft, step: "SENDING" } : draft;
    }
    case "lost":
      return isOpen(draft) ? { ...draft, step: "CHECKING", isLost: true, why: undefined } : draft;
    case "refused":
      return refused(draft, event.why, event.isBound);
    case "done":
      // Proven: it counts whatever else was said of this key meanwhile, in another tab perhaps.
      if (draft.step === "DONE" || draft.seal?.key !== event.key) return draft;
      return {
        ...draft,
        step: "DONE",
        isLost: false,
        why: undefined,
        done: { id: event.id, isReplayed: event.isReplayed },
      };
    case "absent":
      return absent(draft, event.at);
  }
}

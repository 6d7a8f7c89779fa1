import { create } from "zustand";
import { type Draft, type Event, type Form, newDraft, next } from "./draft";

const LIFE_MS = 24 * 3600_000;
const STEM = "quid.draft.";

interface Drafts {
  /** The person whose drafts these are: nobody sees another's on a shared device. */
  owner: string;
  all: Readonly<Record<string, Draft>>;
}

/** The drafts of the person who is signed in; every one is in local storage as well. */
export const useDrafts = create<Drafts>()(() => ({ owner: "", all: {} }));

function place(id: string): string {
  return `${STEM}${useDrafts.getState().owner}.${id}`;
}

function read(text: string | null): Draft | undefined {
  if (text === null) return undefined;
  try {
    const found = JSON.parse(text) as Draft;
    return Date.now() - found.at < LIFE_MS ? found : undefined;
  } catch {
    return undefined;
  }
}

function show(draft: Draft): void {
  useDrafts.setState(({ all }) => ({ all: { ...all, [draft.id]: draft } }));
}

/** Reads the drafts of a person, and drops all that are older than a day. */
export function openDrafts(owner: string): void {
  if (useDrafts.getState().owner === owner) return;
  const all: Record<string, Draft> = {};
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(STEM)) continue;
    const draft = read(localStorage.getItem(key));
    if (draft === undefined) localStorage.removeItem(key);
    else if (key === `${STEM}${owner}.${draft.id}`) all[draft.id] = draft;
  }
  useDrafts.setState({ owner, all });
}

/** Gives a draft, begun with what the form is to hold already if there is none of that name. */
export function beginDraft(id: string, form: Partial<Form>, kind: Draft["kind"] = "pay"): Draft {
  const known = useDrafts.getState().all[id];
  if (known !== undefined) return known;
  const begun = { ...newDraft(id, Date.now(), form), kind };
  show(begun);
  return begun;
}

/** The draft as it stands now: what another tab has written counts, not what this one remembers. */
export function freshDraft(id: string): Draft | undefined {
  return read(localStorage.getItem(place(id))) ?? useDrafts.getState().all[id];
}

/** Lets something happen to a draft. It is written down before anything else is done. */
export function happen(id: string, event: Event): Draft | undefined {
  const known = freshDraft(id);
  if (known === undefined) return undefined;
  const after = next(known, event);
  if (after !== known) localStorage.setItem(place(id), JSON.stringify(after));
  if (after !== useDrafts.getState().all[id]) show(after);
  return after;
}

window.addEventListener("storage", ({ key, newValue }) => {
  if (key === null || !key.startsWith(STEM)) return;
  const draft = read(newValue);
  if (draft !== undefined && key === place(draft.id)) show(draft);
});

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Draft, GRACE_MS } from "./draft";
import { beginDraft, freshDraft, happen, openDrafts, useDrafts } from "./drafts";
import { Problem } from "./problem";
import { type Door, resume, send } from "./sending";

const body = { payee_id: "usr_a", amount: 100 };
const LIFE_MS = 120_000;

let id = "d";

beforeEach(() => {
  id += "d"; // what a test leaves running is its own
  vi.useFakeTimers({ now: Date.parse("2026-03-02T12:00:00Z") });
  localStorage.clear();
  useDrafts.setState({ owner: "", all: {} });
  openDrafts("usr_me");
  beginDraft(id, {});
  happen(id, { type: "review", body, newKey: "k1" });
  const until = new Date(Date.now() + LIFE_MS).toISOString();
  happen(id, { type: "quoted", body, token: "q", until });
});
afterEach(() => vi.useRealTimers());

/** Answers one after the other; the last again and again. `keys`: under which it was sent. */
function door(...answers: (Problem | string)[]) {
  const keys: string[] = [];
  const send = async (draft: Draft) => {
    keys.push(draft.seal?.key ?? "");
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (typeof answer === "string") return { id: answer, isReplayed: keys.length > 1 };
    throw answer;
  };
  const find = vi.fn(async () => ({ id: undefined as string | undefined, at: Date.now() }));
  return { keys, find, door: { send, find } satisfies Door };
}
const refusal = (code: string, more = {}) => new Problem({ code, money_moved: "no", ...more }, 422);
const step = () => freshDraft(id)?.step;

it("writes down that it is sending before anything is sent", async () => {
  const { door: line, keys } = door("pay_1");
  const done = send(id, line);
  const kept = JSON.parse(localStorage.getItem(`quid.draft.usr_me.${id}`) ?? "{}");
  expect(kept).toMatchObject({ step: "SENDING", seal: { key: "k1", body } });
  await done;
  expect(freshDraft(id)).toMatchObject({ step: "DONE", done: { id: "pay_1", isReplayed: false } });
  expect(keys).toEqual(["k1"]);
});

it("sends the same key again until there is an answer: after 1, 2, 4, 8, 16, 30 seconds", async () => {
  const { door: line, keys } = door(Problem.noAnswer());
  void send(id, line);
  for (const [seconds, sent] of [1, 2, 4, 8, 16, 30].map((s, at) => [s, at + 1] as const)) {
    await vi.advanceTimersByTimeAsync(seconds * 1000 - 1);
    expect(keys).toHaveLength(sent);
    await vi.advanceTimersByTimeAsync(1);
    expect(keys).toHaveLength(sent + 1);
  }
  expect(new Set(keys)).toEqual(new Set(["k1"]));
  expect(step()).toBe("CHECKING");
});

it("does not believe a gateway that says no", async () => {
  const { door: line, keys } = door(new Problem({}, 504), "pay_1");
  const done = send(id, line);
  await vi.advanceTimersByTimeAsync(0);
  expect(step()).toBe("CHECKING");
  await vi.advanceTimersByTimeAsync(1000);
  await done;
  expect(freshDraft(id)?.done).toEqual({ id: "pay_1", isReplayed: true });
  expect(keys).toEqual(["k1", "k1"]);
});

it("says that nothing was sent only once no late request can pay", async () => {
  const began = Date.now();
  const { door: line, find, keys } = door(Problem.noAnswer(), refusal("QUOTE_EXPIRED"));
  const done = send(id, line);
  await vi.advanceTimersByTimeAsync(LIFE_MS + GRACE_MS - 1000);
  expect(step()).toBe("CHECKING");
  expect(keys).toEqual(["k1", "k1"]);
  expect(find).toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(60_000);
  await done;
  expect(step()).toBe("UNSENT");
  expect(Date.now() - began).toBeGreaterThan(LIFE_MS + GRACE_MS);
});

it("finds what a lost attempt has done", async () => {
  const { door: line, find } = door(Problem.noAnswer(), refusal("ACCOUNT_FROZEN"));
  find.mockResolvedValue({ id: "pay_9", at: Date.now() });
  const done = send(id, line);
  await vi.advanceTimersByTimeAsync(5000);
  await done;
  expect(freshDraft(id)?.done).toEqual({ id: "pay_9", isReplayed: true });
});

it("takes a refusal at its word where nothing was lost, and knows which bind the key", async () => {
  await send(id, door(refusal("INSUFFICIENT_FUNDS", { payment_id: "pay_2" })).door);
  expect(freshDraft(id)).toMatchObject({ step: "REFUSED", seal: { isBound: true } });
  happen(id, { type: "review", body, newKey: "k2" });
  expect(freshDraft(id)?.seal?.key).toBe("k2");
});

it.each(["OVERLOADED", "RATE_LIMITED"])(
  "goes on asking after %s what became of an attempt whose document is gone",
  async (code) => {
    happen(id, { type: "send" });
    const { door: line, keys } = door(refusal(code, { retryable: true }), "pay_1");
    const done = resume(id, line);
    await vi.advanceTimersByTimeAsync(0);
    expect(step()).toBe("CHECKING");
    await vi.advanceTimersByTimeAsync(1000);
    await done;
    expect(freshDraft(id)?.done).toEqual({ id: "pay_1", isReplayed: true });
    expect(keys).toEqual(["k1", "k1"]);
  },
);

it("looks for what a document that is gone may have sent, where its own try is refused", async () => {
  happen(id, { type: "send" });
  const { door: line, find } = door(refusal("INSUFFICIENT_FUNDS"));
  find.mockResolvedValue({ id: "pay_9", at: Date.now() });
  const done = resume(id, line);
  await vi.advanceTimersByTimeAsync(5000);
  await done;
  expect(freshDraft(id)?.done).toEqual({ id: "pay_9", isReplayed: true });
});

it("counts what another tab is sending as lost when it is pressed here as well", async () => {
  happen(id, { type: "send" });
  const done = send(id, door(refusal("OVERLOADED", { retryable: true }), "pay_1").door);
  await vi.advanceTimersByTimeAsync(0);
  expect(step()).toBe("CHECKING");
  await vi.advanceTimersByTimeAsync(1000);
  await done;
  expect(step()).toBe("DONE");
});

it("sends nothing of itself that was not pressed", async () => {
  const { door: line, keys } = door("pay_1");
  await resume(id, line);
  expect(step()).toBe("REVIEWED");
  expect(keys).toEqual([]);
});

it("is sent by one runner in a tab, however often it is asked to", async () => {
  const { door: line, keys } = door("pay_1");
  await Promise.all([send(id, line), send(id, line), send(id, line)]);
  expect(keys).toEqual(["k1"]);
});

it("sees what another tab has done, and drops what is a day old or another person's", () => {
  const there = JSON.parse(localStorage.getItem(`quid.draft.usr_me.${id}`) ?? "{}") as Draft;
  const theirs = { ...there, step: "DONE", done: { id: "pay_3", isReplayed: false } };
  localStorage.setItem(`quid.draft.usr_me.${id}`, JSON.stringify(theirs));
  expect(happen(id, { type: "send" })?.step).toBe("DONE");
  localStorage.setItem("quid.draft.usr_x.e", JSON.stringify({ ...there, id: "e" }));
  const old = { ...there, id: "f", at: Date.now() - 25 * 3600_000 };
  localStorage.setItem("quid.draft.usr_me.f", JSON.stringify(old));
  useDrafts.setState({ owner: "", all: {} });
  openDrafts("usr_me");
  expect(Object.keys(useDrafts.getState().all)).toEqual([id]);
  expect(localStorage.getItem("quid.draft.usr_me.f")).toBeNull();
});

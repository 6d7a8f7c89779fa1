import fc from "fast-check";
import { expect, it } from "vitest";
import { type Draft, type Event, GRACE_MS, isOpen, newDraft, next } from "./draft";

const bodies = [
  { payee_id: "usr_a", amount: 100 },
  { payee_id: "usr_a", amount: 200 },
] as const;
const LIFE = 120_000;
const WORK = 40_000;

/** What is under way: as sent, whether it has arrived, when the server will be done with it. */
interface Sent {
  key: string;
  until: number;
  arrived?: number;
  isAnswered: boolean;
}

/** A world with a line that loses and delays, a slow server, and a person who presses anything. */
class World {
  draft: Draft = newDraft("d", 0);
  now = 0;
  keys = 0;
  sent: Sent[] = [];
  paid: string[] = [];
  bound = new Set<string>();

  happen(event: Event): void {
    this.draft = next(this.draft, event);
  }

  /** Sends what the draft says is to be sent. */
  send(): void {
    const before = this.draft;
    this.happen({ type: "send" });
    const isFirst = before.step === "REVIEWED" && this.draft.step === "SENDING";
    const isAgain = this.draft.step === "CHECKING" && this.draft.why === undefined;
    const { seal } = this.draft;
    if (!(isFirst || isAgain) || !seal?.until) return;
    this.sent.push({ key: seal.key, until: Date.parse(seal.until), isAnswered: false });
  }

  /** The server takes one in: the key first, then the quote; it pays a while later. */
  arrive(at: number): void {
    const one = this.sent[at % Math.max(1, this.sent.length)];
    if (one && one.arrived === undefined) one.arrived = this.now;
  }

  work(): void {
    for (const one of this.sent) {
      if (one.arrived === undefined || this.now < one.arrived) continue;
      const isFree = !this.paid.includes(one.key) && !this.bound.has(one.key);
      if (isFree && one.arrived < one.until) this.paid.push(one.key);
    }
  }

  /** The last attempt is answered, if it has arrived: by what stands under its key. */
  answer(): void {
    const one = this.sent.at(-1);
    if (!one || one.isAnswered || !isOpen(this.draft) || one.arrived === undefined) return;
    one.isAnswered = true;
    if (this.paid.includes(one.key)) this.done(one.key, false);
    else this.refuse(this.bound.has(one.key));
  }

  done(key: string, isReplayed: boolean): void {
    this.happen({ type: "done", key, id: key, isReplayed });
  }

  refuse(isBound: boolean): void {
    const one = this.sent.at(-1);
    if (!one || !isOpen(this.draft) || this.paid.includes(one.key)) return;
    if (isBound) this.bound.add(one.key);
    this.happen({ type: "refused", why: { status: 422, body: {} }, isBound });
    // This attempt has been answered: it is no longer under way.
    this.sent = this.sent.filter((other) => other !== one);
  }

  find(): void {
    const { seal } = this.draft;
    if (!seal || !isOpen(this.draft)) return;
    if (this.paid.includes(seal.key)) this.done(seal.key, true);
    else this.happen({ type: "absent", at: this.now });
  }

  pass(ms: number): void {
    this.now += ms;
    // A request that has arrived is done within WORK, whatever the order.
    for (const one of this.sent) {
      if (one.arrived !== undefined && this.now - one.arrived >= WORK) this.work();
    }
  }

  quote(): void {
    const { seal } = this.draft;
    if (!seal) return;
    const until = new Date(this.now + LIFE).toISOString();
    this.happen({ type: "quoted", body: seal.body, token: `q${this.now}`, until });
  }
}

const acts: Record<string, (world: World, n: number) => void> = {
  edit: (w, n) => w.happen({ type: "edit", form: { note: String(n) } }),
  review: (w, n) => {
    w.keys += 1;
    w.happen({ type: "review", body: bodies[n % 2] ?? bodies[0], newKey: `k${w.keys}` });
  },
  quote: (w) => w.quote(),
  send: (w) => w.send(),
  arrive: (w, n) => w.arrive(n),
  work: (w) => w.work(),
  answer: (w) => w.answer(),
  lose: (w) => w.happen({ type: "lost" }),
  refuse: (w) => w.refuse(false),
  bind: (w) => w.refuse(true),
  find: (w) => w.find(),
  pass: (w, n) => w.pass(n * 2000),
};

it("pays at most once, whatever happens in whatever order", () => {
  const seen = new Map<string, number>();
  const one = fc.tuple(fc.constantFrom(...Object.keys(acts)), fc.integer({ min: 0, max: 120 }));
  fc.assert(
    fc.property(fc.array(one, { maxLength: 60 }), (many) => {
      const world = new World();
      for (const [act, n] of [["review", 0], ["quote", 0], ["send", 0], ...many] as const) {
        acts[act]?.(world, n);
        const open = new Set(
          world.sent
            .filter((s) => s.arrived === undefined && s.until > world.now)
            .map((s) => s.key),
        );
        const said = world.draft.step;
        // One key at most can still pay; none of another key than the draft's own.
        expect(open.size).toBeLessThanOrEqual(1);
        if (isOpen(world.draft)) for (const key of open) expect(key).toBe(world.draft.seal?.key);
        if (said === "UNSENT" || said === "REFUSED") {
          world.pass(WORK);
          for (const s of world.sent) if (s.arrived === undefined) s.arrived = world.now;
          world.work();
          expect(world.paid).toEqual([]);
        }
      }
      expect(world.paid.length).toBeLessThanOrEqual(1);
      seen.set(world.draft.step, (seen.get(world.draft.step) ?? 0) + 1);
    }),
    { numRuns: 3000 },
  );
  // Every end was met, or this has shown nothing.
  for (const step of ["DONE", "REFUSED", "UNSENT"]) expect(seen.get(step), step).toBeGreaterThan(5);
});

function ready(): Draft {
  const until = new Date(LIFE).toISOString();
  let draft = newDraft("d", 0);
  draft = next(draft, { type: "review", body: bodies[0], newKey: "k1" });
  return next(draft, { type: "quoted", body: bodies[0], token: "q", until });
}
const why = { status: 422, body: {} };

it("keeps the key while the body stays, and takes another when it changes", () => {
  let draft = next(ready(), { type: "edit", form: { note: "x" } });
  expect(next(draft, { type: "review", body: { ...bodies[0] }, newKey: "k2" }).seal?.key).toBe(
    "k1",
  );
  draft = next(draft, { type: "review", body: bodies[1], newKey: "k2" });
  expect(draft.seal).toEqual({ key: "k2", body: bodies[1], isBound: false });
});

it("takes another key after a refusal that the key would repeat", () => {
  const sent = next(ready(), { type: "send" });
  const bound = next(sent, { type: "refused", why, isBound: true });
  expect(next(bound, { type: "review", body: bodies[0], newKey: "k2" }).seal?.key).toBe("k2");
  const free = next(sent, { type: "refused", why, isBound: false });
  expect(next(free, { type: "review", body: bodies[0], newKey: "k2" }).seal?.key).toBe("k1");
});

it("locks while an attempt is open", () => {
  const sent = next(ready(), { type: "send" });
  expect(next(sent, { type: "edit", form: { amount: "9" } })).toBe(sent);
  expect(next(sent, { type: "review", body: bodies[1], newKey: "k2" })).toBe(sent);
  expect(next(sent, { type: "send" })).toBe(sent);
  const lost = next(sent, { type: "lost" });
  expect(next(lost, { type: "edit", form: { amount: "9" } })).toBe(lost);
  expect(next(lost, { type: "quoted", body: bodies[0], token: "q2", until: "x" })).toBe(lost);
});

it("does not send without a quote", () => {
  const draft = next(newDraft("d", 0), { type: "review", body: bodies[0], newKey: "k1" });
  expect(next(draft, { type: "send" })).toBe(draft);
});

it("goes on checking when only a later attempt was refused", () => {
  const lost = next(next(ready(), { type: "send" }), { type: "lost" });
  const refused = next(lost, { type: "refused", why, isBound: false });
  expect(refused.step).toBe("CHECKING");
  expect(next(refused, { type: "absent", at: LIFE + GRACE_MS - 1 })).toBe(refused);
  expect(next(refused, { type: "absent", at: LIFE + GRACE_MS }).step).toBe("UNSENT");
});

it("stays done", () => {
  const sent = next(ready(), { type: "send" });
  const done = next(sent, { type: "done", key: "k1", id: "pay_1", isReplayed: true });
  for (const event of [
    { type: "edit", form: { amount: "1" } },
    { type: "review", body: bodies[1], newKey: "k2" },
    { type: "send" },
    { type: "lost" },
    { type: "refused", why, isBound: true },
    { type: "done", key: "k1", id: "pay_2", isReplayed: false },
  ] as const)
    expect(next(done, event)).toBe(done);
});

it("is done by a success under its key, even where another tab was refused before", () => {
  const sent = next(ready(), { type: "send" });
  const refused = next(sent, { type: "refused", why, isBound: false });
  const success = { type: "done", key: "k1", id: "pay_1", isReplayed: false } as const;
  const shown = { step: "DONE", why: undefined, done: { id: "pay_1" } };
  expect(next(refused, success)).toMatchObject(shown);
  const typing = next(refused, { type: "edit", form: { note: "x" } });
  expect(next(typing, success)).toMatchObject(shown);
  // What was paid under another key is another payment.
  const other = next(typing, { type: "review", body: bodies[1], newKey: "k2" });
  expect(next(other, success)).toBe(other);
});

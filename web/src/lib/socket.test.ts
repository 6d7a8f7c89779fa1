import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { delay, holdOpen, type Message, useLine } from "./socket";

class FakeSocket {
  static OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 1;
  sent: string[] = [];
  onmessage: ((event: { data: string }) => void) | undefined;
  onclose: ((event: { code: number }) => void) | undefined;
  constructor(readonly url: URL) {
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.readyState = 3;
  }
  say(type: string, id: number, data = {}) {
    this.onmessage?.({ data: JSON.stringify({ v: 1, id, type, at: "", data }) });
    return vi.advanceTimersByTimeAsync(0);
  }
  shut(code: number) {
    this.onclose?.({ code });
  }
}

const latest = () => FakeSocket.all.at(-1) as FakeSocket;
const cursor = () => latest().url.searchParams.get("cursor");
const opened = () => FakeSocket.all.length;
let applied: number[];
let isHidden = false;
const refresh = vi.fn(async () => undefined);
const over = vi.fn();
let stop = () => {};

function begin(apply = async ({ id }: Message) => void applied.push(id)) {
  stop = holdOpen({ person: "usr_a", refresh, apply, over });
}

function show(hidden: boolean) {
  isHidden = hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() =>
    isHidden ? "hidden" : "visible",
  );
  vi.spyOn(Math, "random").mockReturnValue(1);
  applied = [];
  isHidden = false;
  FakeSocket.all = [];
  sessionStorage.clear();
  refresh.mockClear();
  over.mockClear();
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("waits between nothing and the bound, whatever the attempt", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, r) => {
        const waited = delay(n, () => r);
        return waited >= 0 && waited <= 30_000 && waited <= 1000 * 2 ** (n - 1);
      },
    ),
  );
});

describe("coming in", () => {
  it("asks anew after hello and applies what came meanwhile only then", async () => {
    let answer: () => void = () => {};
    refresh.mockImplementationOnce(
      () => new Promise((resolve) => (answer = () => resolve(undefined))),
    );
    begin();
    expect(cursor()).toBeNull();
    await latest().say("hello", 7);
    await latest().say("balance_updated", 8);
    expect(applied).toEqual([]);
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(applied).toEqual([8]);
  });

  it("goes on from the cursor of its person, and asks for nothing else", async () => {
    sessionStorage.setItem("quid.cursor.usr_a", "41");
    begin();
    expect(cursor()).toBe("41");
    await latest().say("hello", 41);
    await latest().say("nothing", 42);
    expect(refresh).not.toHaveBeenCalled();
    expect(sessionStorage.getItem("quid.cursor.usr_a")).toBe("42");
  });
});

describe("messages", () => {
  it("applies each once and in order, however often it is told", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 }),
        async (steps) => {
          sessionStorage.clear();
          applied = [];
          begin();
          await latest().say("hello", 0);
          let newest = 0;
          for (const back of steps) {
            if (back === 0) {
              latest().shut(1006);
              await vi.advanceTimersByTimeAsync(30_000);
              const from = Number(cursor());
              await latest().say("hello", from);
              for (let id = from + 1; id <= newest; id++) await latest().say("x", id);
            } else {
              newest += 1;
              for (let id = Math.max(1, newest - back); id <= newest; id++)
                await latest().say("x", id);
            }
          }
          expect(applied).toEqual(Array.from({ length: newest }, (_, at) => at + 1));
          stop();
        },
      ),
      { numRuns: 40 },
    );
  });

  it("goes on after one that could not be applied", async () => {
    begin(async ({ id }) => {
      if (id === 2) throw new Error("no");
      applied.push(id);
    });
    await latest().say("hello", 0);
    for (const id of [1, 2, 3]) await latest().say("x", id);
    expect(applied).toEqual([1, 3]);
  });

  it.each(["unknown", "gap"])("asks anew and takes the new place on resync: %s", async (reason) => {
    sessionStorage.setItem("quid.cursor.usr_a", "900");
    begin();
    await latest().say("hello", 900);
    await latest().say("resync", 12, { reason });
    await latest().say("x", 13);
    expect(refresh).toHaveBeenCalledOnce();
    expect(applied).toEqual([13]);
  });

  it("hands on a resync of the feed, which has a place of its own", async () => {
    begin();
    await latest().say("hello", 5);
    refresh.mockClear();
    await latest().say("resync", 6, { reason: "feed" });
    await latest().say("resync", 6, { reason: "feed" });
    expect(applied).toEqual([6]);
    expect(refresh).not.toHaveBeenCalled();
  });
});

describe("closes", () => {
  it.each([4409, 1011, 1012, 1013, 1006, 1001])(
    "comes back after %i with the cursor",
    async (code) => {
      begin();
      await latest().say("hello", 3);
      await latest().say("x", 4);
      latest().shut(code);
      expect(useLine.getState().line).toBe("down");
      await vi.advanceTimersByTimeAsync(1000);
      expect(opened()).toBe(2);
      expect(cursor()).toBe("4");
    },
  );

  it("ends with the session on 4401 and never comes back", async () => {
    begin();
    await latest().say("hello", 3);
    latest().shut(4401);
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(over).toHaveBeenCalledOnce();
    expect(opened()).toBe(1);
    expect(sessionStorage.getItem("quid.cursor.usr_a")).toBeNull();
  });

  it("stays away after 4408 until it is shown", async () => {
    begin();
    show(true);
    latest().shut(4408);
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(opened()).toBe(1);
    expect(useLine.getState().line).toBe("away");
    show(false);
    expect(opened()).toBe(2);
  });

  it.each([4429, 4400, 1007, 1009])("comes back later after %i", async (code) => {
    begin();
    latest().shut(code);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(opened()).toBe(1);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(opened()).toBe(2);
  });

  it("waits twice as long each time, without an end, and anew after 30 s up", async () => {
    begin();
    for (const wait of [1, 2, 4, 8, 16, 30, 30, 30]) {
      const before = opened();
      latest().shut(1006);
      await vi.advanceTimersByTimeAsync(wait * 1000 - 1);
      expect(opened()).toBe(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(opened()).toBe(before + 1);
    }
    await latest().say("hello", 1);
    await vi.advanceTimersByTimeAsync(30_000);
    const before = opened();
    latest().shut(1006);
    await vi.advanceTimersByTimeAsync(1000);
    expect(opened()).toBe(before + 1);
  });
});

describe("waking", () => {
  it("comes back at once when the machine is online", () => {
    begin();
    latest().shut(1006);
    window.dispatchEvent(new Event("online"));
    expect(opened()).toBe(2);
    vi.advanceTimersByTime(29_000);
    expect(opened()).toBe(2);
  });

  it("asks whether the other end is there, and leaves when nothing answers", async () => {
    begin();
    await latest().say("hello", 1);
    show(false);
    expect(latest().sent).toEqual(['{"type":"ping"}']);
    await latest().say("pong", 1);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(opened()).toBe(1);
    show(false);
    await vi.advanceTimersByTimeAsync(11_000);
    expect(opened()).toBe(2);
  });

  it("notices while it is looked at that the line went without a word", async () => {
    begin();
    await latest().say("hello", 1);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(latest().sent).toEqual(['{"type":"ping"}']);
    expect(useLine.getState().line).toBe("up");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(useLine.getState().line).toBe("down");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(opened()).toBe(2);
  });

  it("asks nobody while it is hidden, and never shortens a wait", async () => {
    begin();
    await latest().say("hello", 1);
    show(true);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(latest().sent).toEqual([]);
    isHidden = false;
    latest().shut(4429);
    await vi.advanceTimersByTimeAsync(30_900);
    expect(opened()).toBe(1);
  });
});

import { create } from "zustand";

/** A message of docs/api/socket.md. `id` grows by one with each that has a place of its own. */
export interface Message {
  id: number;
  type: string;
  at: string;
  data: Record<string, unknown>;
}

/** `away`: the server asked this window to stay away until it is shown again. */
type Line = "up" | "down" | "away";

export const useLine = create<{ line: Line; since: number }>()(() => ({ line: "down", since: 0 }));

interface Life {
  /** Whose stream it is: each person's cursor is kept apart. */
  person: string;
  /** Asks anew for what is shown; messages wait until that is answered. */
  refresh: () => Promise<unknown>;
  apply: (message: Message) => unknown;
  /** The session has ended: there is nothing to come back to. */
  over: () => void;
}

const HELD_MS = 30_000;
const PONG_MS = 10_000;
/** How often one who is looked at asks whether the other end is there. */
const PING_MS = 30_000;
const OVER = 4401;
const TOO_MANY = 4408;
/** What we send is at fault, or too much of it: coming back at once would change nothing. */
const LATER = [4400, 4429, 1007, 1009];

/** How long to wait before the n-th attempt (from 1), in ms. */
export function delay(n: number, random = Math.random): number {
  return random() * Math.min(30_000, 1000 * 2 ** (n - 1));
}

function now(line: Line): void {
  if (useLine.getState().line !== line) useLine.setState({ line, since: Date.now() });
}

/** Holds a socket open until the function it gives is called. Nothing is missed, or told twice. */
export function holdOpen(life: Life): () => void {
  const kept = `quid.cursor.${life.person}`;
  let last: number | undefined = Number(sessionStorage.getItem(kept) ?? Number.NaN);
  if (!Number.isSafeInteger(last)) last = undefined;
  let socket: WebSocket | undefined;
  let attempt = 0;
  let upSince: number | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  let queue: Promise<unknown> = Promise.resolve();

  const reach = (id: number) => {
    last = id;
    sessionStorage.setItem(kept, String(id));
  };

  async function take({ id, type, at, data }: Message): Promise<void> {
    if (isStopped || type === "pong") return;
    if (type === "session_ended") return finish();
    if (type === "hello") {
      if (last !== undefined) return;
      reach(id);
      await life.refresh();
    } else if (type === "resync" && data.reason !== "feed") {
      reach(id);
      await life.refresh();
    } else if (last === undefined || id > last) {
      await life.apply({ id, type, at, data });
      if (!isStopped) reach(id);
    }
  }

  function open(): void {
    clearTimeout(retry);
    const url = new URL("/v1/ws", location.href.replace(/^http/, "ws"));
    if (last !== undefined) url.searchParams.set("cursor", String(last));
    const mine = new WebSocket(url);
    socket = mine;
    mine.onmessage = (event) => {
      if (socket !== mine) return;
      heard();
      const message = JSON.parse(event.data as string) as Message;
      if (message.type === "hello") {
        upSince = Date.now();
        now("up");
      }
      // One that could not be applied must not hold up those behind it.
      queue = queue.then(() => take(message)).catch(() => undefined);
    };
    mine.onclose = (event) => {
      if (socket === mine) closed(event.code);
    };
  }

  function heard(): void {
    clearTimeout(silence);
    silence = undefined;
  }

  function closed(code: number): void {
    socket = undefined;
    heard();
    if (code === OVER) {
      finish();
      return;
    }
    now(code === TOO_MANY ? "away" : "down");
    if (upSince !== undefined && Date.now() - upSince >= HELD_MS) attempt = 0;
    upSince = undefined;
    attempt += 1;
    if (code === TOO_MANY) return;
    retry = setTimeout(open, delay(attempt) + (LATER.includes(code) ? HELD_MS : 0));
  }

  const isSeen = () => document.visibilityState === "visible";

  /** Sees whether the other end is there: a line can go without a word. */
  function ask(): void {
    if (socket?.readyState !== WebSocket.OPEN || silence !== undefined) return;
    const asked = socket;
    asked.send('{"type":"ping"}');
    silence = setTimeout(() => {
      asked.close();
      if (socket === asked) closed(1006);
    }, PONG_MS);
  }

  /** The page is seen, or the machine is online, again: come back at once, or see who is there. */
  function wake(): void {
    if (socket !== undefined) ask();
    else if (isSeen() || useLine.getState().line !== "away") open();
  }

  function shown(): void {
    if (isSeen()) wake();
  }

  function stop(): void {
    isStopped = true;
    clearTimeout(retry);
    clearTimeout(silence);
    clearInterval(beat);
    removeEventListener("online", wake);
    document.removeEventListener("visibilitychange", shown);
    const mine = socket;
    socket = undefined;
    mine?.close();
    now("down");
  }

  function finish(): void {
    stop();
    sessionStorage.removeItem(kept);
    life.over();
  }

  addEventListener("online", wake);
  const beat = setInterval(() => isSeen() && ask(), PING_MS);
  document.addEventListener("visibilitychange", shown);
  useLine.setState({ line: "down", since: Date.now() });
  open();
  return stop;
}

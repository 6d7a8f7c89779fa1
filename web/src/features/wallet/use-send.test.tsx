import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Transfer } from "@/api/transfers/get-transfers";
import type { Wanted } from "@/api/transfers/quote-transfer";
import { sendTransfer } from "@/api/transfers/send-transfer";
import { openAttempt } from "@/lib/attempt";
import { Problem } from "@/lib/problem";
import { useSend } from "./use-send";

vi.mock("@/api/transfers/send-transfer");
const line = vi.mocked(sendTransfer);

const NAME = "usr_me.deposit";
const wanted: Wanted = { kind: "deposit", source: "fs_1", minor: 5000, speed: "standard" };
const other: Wanted = { ...wanted, minor: 7000 };
const made = { id: "dep_1" } as Transfer;
const problem = (code: string, more = {}) => new Problem({ code, money_moved: "no", ...more }, 503);
const overloaded = problem("OVERLOADED", { retryable: true });

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  sessionStorage.clear();
  line.mockReset();
});
afterEach(() => vi.useRealTimers());

/** The page of a tab. */
function open() {
  const onDone = vi.fn();
  const queries = new QueryClient();
  const { result, unmount } = renderHook(() => useSend(NAME, onDone), {
    wrapper: ({ children }) => (
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    ),
  });
  return { page: result, onDone, unmount };
}

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const keys = () => line.mock.calls.map(([, key]) => key);
const minors = () => line.mock.calls.map(([{ minor }]) => minor);

it("does not believe a gateway that says no: the same key again", async () => {
  line.mockRejectedValueOnce(new Problem({}, 504)).mockResolvedValueOnce(made);
  const { page, onDone } = open();
  act(() => page.current.send(wanted));
  await pass(0);
  expect(page.current.state).toMatchObject({ name: "unsure", isTrying: true });
  await pass(1000);
  expect(onDone).toHaveBeenCalledWith(made);
  expect(new Set(keys()).size).toBe(1);
  expect(openAttempt(NAME)).toBeUndefined();
});

it("keeps the key when a later try is turned away unheard", async () => {
  line.mockRejectedValueOnce(Problem.noAnswer()).mockRejectedValueOnce(overloaded);
  line.mockResolvedValueOnce(made);
  const { page, onDone } = open();
  act(() => page.current.send(wanted));
  await pass(1000);
  expect(page.current.state).toMatchObject({ name: "unsure", isTrying: true });
  await pass(2000);
  expect(onDone).toHaveBeenCalledWith(made);
  expect(keys()).toHaveLength(3);
  expect(new Set(keys()).size).toBe(1);
});

it("takes the first answer at its word where nothing was lost", async () => {
  line.mockRejectedValueOnce(overloaded);
  const { page } = open();
  act(() => page.current.send(wanted));
  await pass(0);
  expect(page.current.state).toEqual({ name: "ready", error: overloaded });
  expect(openAttempt(NAME)).toBeUndefined();
});

it("finds in a new tab what one that was closed had sent, and asks under its key", async () => {
  line.mockReturnValueOnce(new Promise(() => {}));
  const first = open();
  act(() => first.page.current.send(wanted));
  await pass(0);
  first.unmount();
  sessionStorage.clear();

  line.mockRejectedValueOnce(overloaded).mockResolvedValueOnce(made);
  const { page, onDone } = open();
  expect(page.current.state).toMatchObject({ name: "unsure", isTrying: false });
  act(() => page.current.finish());
  await pass(1000);
  expect(onDone).toHaveBeenCalledWith(made);
  expect(keys()).toHaveLength(3);
  expect(new Set(keys()).size).toBe(1);
});

it("shows what is open before anything else is sent", async () => {
  line.mockReturnValueOnce(new Promise(() => {}));
  const [first, second] = [open(), open()];
  act(() => first.page.current.send(wanted));
  await pass(0);
  act(() => second.page.current.send(other));
  await pass(0);
  expect(second.page.current.state).toMatchObject({
    name: "unsure",
    attempt: { body: wanted },
    isTrying: false,
  });
  expect(minors()).toEqual([5000]);
});

it("does not call it nothing where another tab has sent the same", async () => {
  let refuse: (why: Problem) => void = () => {};
  line.mockReturnValueOnce(new Promise((_, reject) => (refuse = reject)));
  line.mockReturnValueOnce(new Promise(() => {})).mockResolvedValueOnce(made);
  const [first, second] = [open(), open()];
  act(() => first.page.current.send(wanted));
  await pass(0);
  act(() => second.page.current.send(wanted));
  await pass(0);
  refuse(overloaded);
  await pass(0);
  expect(first.page.current.state).toMatchObject({ name: "unsure", isTrying: true });
  await pass(1000);
  expect(first.onDone).toHaveBeenCalledWith(made);
  expect(keys()).toHaveLength(3);
  expect(new Set(keys()).size).toBe(1);
});

it("finishes under the same key what another tab has ended meanwhile", async () => {
  let answer: (transfer: Transfer) => void = () => {};
  line.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  const [first, second] = [open(), open()];
  act(() => first.page.current.send(wanted));
  await pass(0);
  act(() => second.page.current.send(other));
  answer(made);
  await pass(0);
  expect(openAttempt(NAME)).toBeUndefined();
  line.mockResolvedValueOnce(made);
  act(() => second.page.current.finish());
  await pass(0);
  expect(minors()).toEqual([5000, 5000]);
  expect(new Set(keys()).size).toBe(1);
});

it("does not ask for a proof again and again", async () => {
  line.mockRejectedValueOnce(Problem.noAnswer()).mockRejectedValue(problem("STEP_UP_REQUIRED"));
  const { page } = open();
  act(() => page.current.send(wanted));
  await pass(120_000);
  expect(keys()).toHaveLength(2);
  expect(page.current.state).toMatchObject({ name: "unsure", isTrying: false });
  expect(openAttempt(NAME)).toBeDefined();
});

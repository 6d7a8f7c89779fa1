import { onlineManager, QueryClientProvider, useMutation, useQuery } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Problem } from "@/lib/problem";
import { queries } from "./queries";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  onlineManager.setOnline(true);
  queries.clear();
});

function hook<T>(use: () => T) {
  const wrapper = ({ children }: { children: React.ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  return renderHook(use, { wrapper }).result;
}

function read(error: Problem) {
  const queryFn = vi.fn(() => Promise.reject(error));
  const found = hook(() => useQuery({ queryKey: ["x"], queryFn }));
  return { queryFn, found };
}

const busy = (more = {}) => new Problem({ code: "OVERLOADED", retryable: true, ...more }, 503);
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

it("never queues an act: what is pressed without a line fails at once", async () => {
  onlineManager.setOnline(false);
  const mutationFn = vi.fn(() => Promise.reject(Problem.noAnswer()));
  const act_ = hook(() => useMutation({ mutationFn }));
  act(() => act_.current.mutate());
  await pass(0);
  expect(act_.current).toMatchObject({ isError: true, isPaused: false });
  onlineManager.setOnline(true);
  await pass(60_000);
  expect(mutationFn).toHaveBeenCalledOnce();
});

it("says that there is no line instead of waiting for one", async () => {
  onlineManager.setOnline(false);
  const { found } = read(Problem.noAnswer());
  await pass(10_000);
  expect(found.current.isError).toBe(true);
});

it("asks again what failed while the line was cut", async () => {
  onlineManager.setOnline(false);
  const { queryFn } = read(Problem.noAnswer());
  await pass(10_000);
  const before = queryFn.mock.calls.length;
  onlineManager.setOnline(true);
  await pass(0);
  expect(queryFn.mock.calls.length).toBe(before + 1);
});

it("tries a read again after a pause, and not before the server said", async () => {
  const { queryFn } = read(busy({ retry_after: 4 }));
  await pass(3_900);
  expect(queryFn).toHaveBeenCalledTimes(1);
  await pass(200);
  expect(queryFn).toHaveBeenCalledTimes(2);
});

it("leaves it to the person where it would take long", async () => {
  const { queryFn, found } = read(busy({ retry_after: 20 }));
  await pass(120_000);
  expect(queryFn).toHaveBeenCalledOnce();
  expect(found.current.isError).toBe(true);
});

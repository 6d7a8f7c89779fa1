import { QueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { beforeEach, expect, it, vi } from "vitest";
import type { Balance } from "@/api/balance/get-balance";
import { apply } from "./live";

vi.mock("sonner", () => ({ toast: vi.fn() }));

const balance = (version: number, available: number): Balance => ({
  available,
  pending: 0,
  on_hold: 0,
  owed: 0,
  withdrawable: available,
  currency: "USD",
  version,
  holds: [],
});
const go = vi.fn();
let queries: QueryClient;
let id = 0;

function hear(type: string, data: Record<string, unknown>) {
  id += 1;
  return apply(queries, { id, type, at: new Date().toISOString(), data }, go);
}

function isStale(...key: string[]) {
  return queries.getQueryState(key)?.isInvalidated;
}

const notice = (more = {}) => ({
  id: `ntf_${id}`,
  kind: "payment_received",
  actor: { id: "usr_a", handle: "ana", display_name: "Ana", avatar_seed: "a" },
  amount: 1500,
  currency: "USD",
  at: new Date().toISOString(),
  payment_id: "pay_1",
  request_id: null,
  ...more,
});

beforeEach(() => {
  queries = new QueryClient();
  vi.mocked(toast).mockClear();
});

it("never puts an older balance over a newer one", async () => {
  await hear("balance_updated", { balance: balance(7, 700) });
  await hear("balance_updated", { balance: balance(6, 600) });
  expect(queries.getQueryData<Balance>(["balance"])?.available).toBe(700);
  await hear("payment_received", { balance: balance(8, 800), payment: { id: "pay_1" } });
  expect(queries.getQueryData<Balance>(["balance"])?.available).toBe(800);
  expect(queries.getQueryData(["payment", "pay_1"])).toEqual({ id: "pay_1" });
});

it("asks for my payments anew when my balance changes: one may have come to its end", async () => {
  const state = () => queries.getQueryState(["payment", "pay_1"])?.isInvalidated;
  queries.setQueryData(["payment", "pay_1"], { id: "pay_1", state: "PROCESSING" });
  expect(state()).toBe(false);
  await hear("balance_updated", { balance: balance(9, 900) });
  expect(state()).toBe(true);
});

it("says who sent how much, once, and counts it", async () => {
  await hear("notification", { notification: notice(), unread_count: 4 });
  expect(toast).toHaveBeenCalledOnce();
  expect(vi.mocked(toast).mock.calls[0]?.[0]).toBe("\u2068Ana\u2069 sent $15.00");
  expect(queries.getQueryData(["notifications", "unread"])).toBe(4);
});

it("does not say what is old, or what nobody did, or what I did myself", async () => {
  const old = new Date(Date.now() - 600_000).toISOString();
  for (const more of [{ at: old }, { actor: null }, { kind: "payment_sent" }]) {
    await hear("notification", { notification: notice(more), unread_count: 1 });
  }
  expect(toast).not.toHaveBeenCalled();
});

it("says that a friend asks for money, and nothing of a stranger", async () => {
  const request = {
    id: "req_1",
    state: "PENDING",
    amount: 900,
    is_known: false,
    created_at: new Date().toISOString(),
    requester: notice().actor,
  };
  queries.setQueryData(["requests", "to_pay"], {});
  await hear("payment_request", { request });
  expect(toast).not.toHaveBeenCalled();
  await hear("payment_request", { request: { ...request, is_known: true } });
  expect(toast).toHaveBeenCalledOnce();
  expect(queries.getQueryData(["request", "req_1"])).toMatchObject({ is_known: true });
  expect(isStale("requests", "to_pay")).toBe(true);
});

it("asks anew for what a message names, and for nothing else", async () => {
  for (const key of [["payment", "pay_1"], ["payment", "pay_2"], ["transfers", "dep_1"], ["me"]]) {
    queries.setQueryData(key, {});
  }
  await hear("payment_updated", { id: "pay_1", state: "COMPLETED" });
  expect(isStale("payment", "pay_1")).toBe(true);
  expect(isStale("payment", "pay_2")).toBe(false);
  await hear("transfer_updated", { id: "dep_1", state: "SETTLED" });
  expect(isStale("transfers", "dep_1")).toBe(true);
  expect(isStale("me")).toBe(false);
  await hear("notification", { notification: notice({ kind: "frozen" }), unread_count: 1 });
  expect(isStale("me")).toBe(true);
});

it("waits with an item until nobody asks for the feed, whose answer would overwrite it", async () => {
  let answer: (page: unknown) => void = () => {};
  const page = new Promise((resolve) => {
    answer = resolve;
  });
  const asked = queries.fetchInfiniteQuery({
    queryKey: ["feed", "all", {}],
    queryFn: () => page,
    initialPageParam: null,
  });
  const item = { id: "pay_9", completed_at: "2026-01-01T00:00:00Z", direction: null };
  const heard = hear("feed_item", { item });
  answer({ items: [], next_cursor: null });
  await asked;
  await heard;
  expect(queries.getQueryData(["feed", "all", {}])).toMatchObject({ pages: [{ items: [item] }] });
  await hear("feed_removed", { payment_id: "pay_9" });
  expect(queries.getQueryData(["feed", "all", {}])).toMatchObject({ pages: [{ items: [] }] });
});

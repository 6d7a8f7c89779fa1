import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useLine } from "@/lib/socket";
import { usePayment } from "./payments/get-payment";
import { useTransfer } from "./transfers/get-transfer";

const open = { state: "PROCESSING", expected_on: "2026-03-02" };
const asked = vi.fn(async () => Response.json({ ...open, deposit: open }));

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", asked);
  asked.mockClear();
});
afterEach(() => vi.useRealTimers());

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

it.each<[string, () => unknown]>([
  ["payment", () => usePayment("pay_1")],
  ["deposit", () => useTransfer("dep_1")],
])(
  "looks at an open %s again and again only while the socket cannot tell of it",
  async (_, use) => {
    const queries = new QueryClient();
    useLine.setState({ line: "up" });
    renderHook(use, {
      wrapper: ({ children }) => (
        <QueryClientProvider client={queries}>{children}</QueryClientProvider>
      ),
    });
    await pass(300_000);
    expect(asked).toHaveBeenCalledTimes(1);
    act(() => useLine.setState({ line: "down" }));
    await pass(30_000);
    expect(asked).toHaveBeenCalledTimes(3);
    act(() => useLine.setState({ line: "up" }));
    await pass(300_000);
    expect(asked).toHaveBeenCalledTimes(3);
  },
);

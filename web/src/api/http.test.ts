import { afterEach, expect, it, vi } from "vitest";
import { http } from "./http";

afterEach(() => vi.restoreAllMocks());

it("gives up a call after ten seconds, and a file only after as long as it may take", async () => {
  vi.stubGlobal("fetch", async () => new Response("{}"));
  const timeout = vi.spyOn(AbortSignal, "timeout");
  await http.GET("/v1/me");
  const query = { format: "csv" } as const;
  await http.GET("/v1/transactions/export", { params: { query }, parseAs: "blob" });
  expect(timeout.mock.calls).toEqual([[10_000], [120_000]]);
});

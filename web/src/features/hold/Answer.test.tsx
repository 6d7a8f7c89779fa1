import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Report } from "@/api/reports/get-reports";
import { Answer } from "./Answer";
import { Withdraw } from "./Withdraw";

const keys: (string | null)[] = [];
const lose = ({ request }: { request: Request }) => {
  keys.push(request.headers.get("Idempotency-Key"));
  return HttpResponse.error();
};
const server = setupServer(http.post("*/v1/disputes/dsp_1/:act", lose));
beforeAll(() => server.listen());
beforeEach(() => {
  keys.length = 0;
});
afterAll(() => server.close());

function show(element: React.ReactNode) {
  render(<QueryClientProvider client={new QueryClient()}>{element}</QueryClientProvider>);
}

const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));

it("answers under one key until it is known what became of it, and another where it says other", async () => {
  show(<Answer id="dsp_1" />);
  await userEvent.type(screen.getByRole("textbox"), "It was not me.");
  for (let tries = 0; tries < 2; tries += 1) {
    await press("Send answer");
    await screen.findByRole("alert");
  }
  await userEvent.type(screen.getByRole("textbox"), " Truly.");
  await press("Send answer");
  await vi.waitFor(() => expect(keys).toHaveLength(3));
  expect(keys[0]).toMatch(/^[\da-f-]{36}$/);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).toMatch(/^[\da-f-]{36}$/);
  expect(keys[2]).not.toBe(keys[0]);
});

it("takes it back under one key", async () => {
  show(<Withdraw report={{ id: "dsp_1" } as Report} />);
  await press("Withdraw it");
  for (let tries = 0; tries < 2; tries += 1) {
    await press("Withdraw");
    await screen.findByRole("alert");
  }
  expect(keys[0]).toMatch(/^[\da-f-]{36}$/);
  expect(keys[1]).toBe(keys[0]);
});

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import type { Payment } from "@/api/payments/get-payment";
import { Outcome } from "./Outcome";

const server = setupServer();
beforeAll(() => server.listen());
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const soon = (ms: number) => new Date(Date.now() + ms).toISOString();
const person = { id: "usr_1", handle: "ana", display_name: "Ana Lindt", avatar_seed: "a" };
const base: Payment = {
  id: "pay_1",
  state: "COMPLETED",
  payer: { ...person, id: "usr_2", handle: "ben", display_name: "Ben Okafor" },
  payee: person,
  amount: 1500,
  currency: "USD",
  note: "pizza",
  kind: "paid",
  visibility: "friends",
  my_visibility: "friends",
  show_amount: false,
  my_show_amount: false,
  created_at: soon(0),
  completed_at: null,
  request_id: null,
  fee: 0,
  total: 1500,
  funding: [],
  lands_on: null,
  can: { verify: false, cancel: false, change_visibility: false },
  challenge: null,
  review: null,
  failure: null,
  reversals: [],
  reversed_amount: 0,
  state_history: [],
};
const challenged: Payment = {
  ...base,
  state: "CHALLENGED",
  can: { verify: true, cancel: true, change_visibility: false },
  challenge: {
    id: "chl_1",
    methods: ["totp", "email_code"],
    reason: "amount",
    expires_at: soon(600_000),
  },
};

/** Shows a payment that the server has, and gives what is asked of it. */
function show(payment: Payment, isReplayed = false) {
  let present = payment;
  const at = "http://localhost:8080/v1/payments/pay_1";
  const asked: unknown[] = [];
  const onAnother = vi.fn();
  const answers =
    (after: Payment | { problem: Record<string, unknown>; status: number }) =>
    async ({ request }: { request: Request }) => {
      asked.push(request.headers.get("content-type") ? await request.json() : request.url);
      if ("problem" in after) return HttpResponse.json(after.problem, { status: after.status });
      present = after;
      return HttpResponse.json(after);
    };
  server.use(http.get(at, () => HttpResponse.json(present)));
  const element = (
    <div role="status">
      <Outcome id="pay_1" isReplayed={isReplayed} onAnother={onAnother} />
    </div>
  );
  const router = createRouter({
    routeTree: createRootRoute({ component: () => element }),
    history: createMemoryHistory(),
  });
  render(
    <QueryClientProvider
      client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}
    >
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
  return { at, asked, onAnother, answers };
}

/** What is said of the payment, once it is there. */
async function said(): Promise<HTMLElement> {
  await screen.findByText("Ana Lindt");
  return screen.getByRole("status");
}

it("says that it was sent", async () => {
  show(base);
  expect(await said()).toHaveTextContent("Sent $15.00 to Ana Lindt");
});

it("says on a replay that it is the same payment", async () => {
  show(base, true);
  const text = await said();
  expect(text).toHaveTextContent("Already sent: $15.00 to Ana Lindt");
  expect(text).toHaveTextContent("This is the same payment; it was sent once.");
});

it("CHALLENGED: takes the app's code, and then it is sent", async () => {
  const { at, asked, answers } = show(challenged);
  server.use(http.post(`${at}/verify`, answers(base)));
  expect(await said()).toHaveTextContent("set aside, not sent");
  expect(screen.getByRole("timer")).toHaveTextContent(/^(10:00|9:5\d) left$/);
  await userEvent.type(screen.getByLabelText(/authenticator app/), "123456");
  expect(await screen.findByText(/^Sent/)).toBeVisible();
  expect(asked).toEqual([{ challenge_id: "chl_1", method: "totp", proof: "123456" }]);
});

it("CHALLENGED: a wrong code says how many tries are left, and makes room for the next", async () => {
  const { at, answers } = show(challenged);
  const problem = { code: "CHALLENGE_FAILED", tries_left: 4, money_moved: "no" };
  server.use(http.post(`${at}/verify`, answers({ problem, status: 422 })));
  const field = await screen.findByLabelText(/authenticator app/);
  await userEvent.type(field, "000000");
  expect(await screen.findByText(/4 tries left/)).toBeVisible();
  expect(screen.getByLabelText(/authenticator app/)).toHaveValue("");
});

it("CHALLENGED: after the last try it is not sent, and the money is back", async () => {
  const { at } = show(challenged);
  const rejected = { ...base, state: "REJECTED" };
  server.use(
    http.post(`${at}/verify`, () => {
      server.use(http.get(at, () => HttpResponse.json(rejected)));
      const problem = { code: "CHALLENGE_FAILED", tries_left: 0, money_moved: "no" };
      return HttpResponse.json(problem, { status: 422 });
    }),
  );
  await userEvent.type(await screen.findByLabelText(/authenticator app/), "000000");
  expect(await screen.findByText(/^Not sent/)).toBeVisible();
  expect(screen.getByText(/money that was set aside is back/)).toBeVisible();
});

it("CHALLENGED: mails a code where that is chosen", async () => {
  const { at, asked, answers } = show(challenged);
  const mailed = vi.fn(() => new HttpResponse(null, { status: 204 }));
  server.use(http.post(`${at}/code`, mailed), http.post(`${at}/verify`, answers(base)));
  await userEvent.click(await screen.findByRole("button", { name: /code by e-mail instead/ }));
  await userEvent.click(screen.getByRole("button", { name: "Send a code by e-mail" }));
  await userEvent.type(await screen.findByLabelText("Code from the e-mail"), "654321");
  expect(await screen.findByText(/^Sent/)).toBeVisible();
  expect(mailed).toHaveBeenCalledOnce();
  expect(asked).toEqual([{ challenge_id: "chl_1", method: "email_code", proof: "654321" }]);
});

it("CHALLENGED: it can be taken back", async () => {
  const { at, answers } = show(challenged);
  server.use(http.post(`${at}/cancel`, answers({ ...base, state: "CANCELLED" })));
  await userEvent.click(await screen.findByRole("button", { name: "Cancel this payment" }));
  expect(await screen.findByText(/^Not sent/)).toBeVisible();
});

it("CHALLENGED by the card's bank: leads to its page", async () => {
  const url = "https://bank.example/check";
  const challenge = {
    id: "chl_1",
    methods: ["redirect"],
    reason: "bank",
    expires_at: soon(1),
    url,
  };
  show({ ...challenged, challenge });
  const link = await screen.findByRole("link", { name: "Confirm at your bank" });
  expect(link).toHaveAttribute("href", url);
});

it("IN_REVIEW: says until when, that it is set aside, and can be taken back", async () => {
  const review = { review_by: soon(86_400_000), expires_at: soon(259_200_000), reason: "R1" };
  const can = { verify: false, cancel: true, change_visibility: false };
  const { at, answers } = show({ ...base, state: "IN_REVIEW", review, can });
  server.use(http.post(`${at}/cancel`, answers({ ...base, state: "CANCELLED" })));
  const text = await said();
  expect(text).toHaveTextContent("Security check: $15.00 to Ana Lindt");
  expect(text).toHaveTextContent("$15.00 is set aside, not sent.");
  expect(text).not.toHaveTextContent("R1");
  await userEvent.click(screen.getByRole("button", { name: "Cancel this payment" }));
  expect(await screen.findByText(/^Not sent/)).toBeVisible();
});

it("EXPIRED: begins again with a new draft", async () => {
  const { onAnother } = show({ ...base, state: "EXPIRED" });
  await userEvent.click(await screen.findByRole("button", { name: "Begin again" }));
  expect(onAnother).toHaveBeenCalledOnce();
});

it("FAILED: says what happened in the words of its code", async () => {
  const failure = { code: "PAYMENT_METHOD_DECLINED", title: "x", detail: "Your bank said no." };
  show({ ...base, state: "FAILED", failure });
  expect(await screen.findByRole("alert")).toHaveTextContent("Your bank said no.");
});

it("PROCESSING: says by when it arrives", async () => {
  show({ ...base, state: "PROCESSING", lands_on: "2026-03-02" });
  expect(await said()).toHaveTextContent(/On its way.*arrives by Mar 2/);
});

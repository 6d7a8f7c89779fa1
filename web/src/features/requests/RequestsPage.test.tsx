import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { MoneyRequest } from "@/api/requests/get-request";
import { RequestsPage } from "./RequestsPage";

const at = "http://localhost:8080/v1";
const server = setupServer();
beforeAll(() => server.listen());
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const ana = {
  id: "usr_1",
  handle: "ana",
  display_name: "Ana",
  avatar_seed: "a",
  member_since: null,
};
const request: MoneyRequest = {
  id: "req_1",
  state: "PENDING",
  requester: ana,
  requestee: { ...ana, id: "usr_me", handle: "me", display_name: "Me" },
  amount: 1500,
  amount_paid: 0,
  currency: "USD",
  note: "pizza",
  is_known: true,
  is_being_paid: false,
  payment_ids: [],
  created_at: new Date().toISOString(),
  expires_at: new Date(Date.now() + 1e9).toISOString(),
  ended_at: null,
  remind_from: null,
  reminders_left: 3,
  can: { pay: true, decline: true, cancel: false, remind: false },
};

/** Shows the box; the first page is there, and goes on. `fail`: what is asked from now on fails. */
async function show() {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const busy = { code: "OVERLOADED", detail: "We are busy.", retryable: true };
  const fail = () =>
    server.use(http.get(`${at}/requests`, () => HttpResponse.json(busy, { status: 503 })));
  server.use(
    http.get(`${at}/me`, () => HttpResponse.json({ id: "usr_me" })),
    http.get(`${at}/requests`, ({ request: { url } }) => {
      const isFirst = !new URL(url).searchParams.has("cursor");
      const items = [isFirst ? request : { ...request, id: "req_2", note: "beer" }];
      return HttpResponse.json({ items, next_cursor: isFirst ? "c" : null, to_pay_count: 2 });
    }),
  );
  const router = createRouter({
    routeTree: createRootRoute({ component: RequestsPage }),
    history: createMemoryHistory(),
  });
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
  expect(await screen.findByText("pizza")).toBeVisible();
  return { fail, queries };
}

it("keeps what is shown where a look at what is new fails", async () => {
  const { fail, queries } = await show();
  fail();
  await act(async () => {
    await queries.invalidateQueries({ queryKey: ["requests"] });
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
  expect(queries.getQueryState(["requests", "to_pay", "pages"])?.status).toBe("error");
  expect(screen.getByText("pizza")).toBeVisible();
});

it("says at the end that the next page did not come, and offers it again", async () => {
  const { fail } = await show();
  fail();
  await userEvent.click(screen.getByRole("button", { name: "Show more" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("We are busy.");
  expect(screen.getByText("pizza")).toBeVisible();
  server.resetHandlers();
  server.use(
    http.get(`${at}/requests`, () =>
      HttpResponse.json({
        items: [{ ...request, id: "req_2", note: "beer" }],
        next_cursor: null,
        to_pay_count: 2,
      }),
    ),
  );
  await userEvent.click(screen.getByRole("button", { name: "Show more" }));
  expect(await screen.findByText("beer")).toBeVisible();
  expect(screen.queryByRole("alert")).toBeNull();
  expect(screen.getByText("That is all.")).toBeVisible();
});

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { act, render, screen } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type Draft, newDraft } from "@/lib/draft";
import { useDrafts } from "@/lib/drafts";
import { ResultView } from "./ResultView";

const server = setupServer();
beforeAll(() => server.listen());
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const person = { id: "usr_1", handle: "ana", display_name: "Ana", avatar_seed: "a" };
const draft = newDraft("d", Date.now(), { person, amount: "15", note: "pizza" });
const become = (change: Partial<Draft>) =>
  act(() => useDrafts.setState({ all: { d: { ...draft, ...change } } }));

function Held() {
  const held = useDrafts((s) => s.all.d);
  return held ? <ResultView draft={held} go={() => {}} /> : null;
}

function show() {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const router = createRouter({
    routeTree: createRootRoute({ component: Held }),
    history: createMemoryHistory(),
  });
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
  return queries;
}

it("says all that becomes of it in one place, which the focus is in", async () => {
  become({ step: "SENDING" });
  show();
  const [box] = await screen.findAllByRole("status");
  expect(box).toHaveFocus();
  become({ step: "CHECKING" });
  expect(box).toHaveTextContent("Checking whether it was sent");
  become({ step: "UNSENT" });
  expect(box).toHaveTextContent("Nothing was taken");
  become({ step: "REFUSED", why: { status: 422, body: { code: "INSUFFICIENT_FUNDS" } } });
  expect(box).toHaveTextContent("Not Enough Balance");
  expect(screen.getAllByRole("status")).toEqual([box]);
  expect(box).toHaveFocus();
});

it("keeps saying that it was asked where a later look at it fails", async () => {
  const at = "http://localhost:8080/v1/requests/req_1";
  server.use(
    http.get(at, () => HttpResponse.json({ id: "req_1", amount: 1500, requestee: person })),
  );
  become({ kind: "request", step: "DONE", done: { id: "req_1", isReplayed: false } });
  const queries = show();
  await screen.findByText(/^Asked/);
  server.use(http.get(at, () => HttpResponse.json({ code: "OVERLOADED" }, { status: 503 })));
  await act(async () => {
    await queries.invalidateQueries({ queryKey: ["request"] });
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
  expect(queries.getQueryState(["request", "req_1"])?.status).toBe("error");
  expect(screen.getByText(/^Asked/)).toBeVisible();
});

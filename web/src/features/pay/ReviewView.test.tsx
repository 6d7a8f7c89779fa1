import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { beginDraft, happen, openDrafts, useDrafts } from "@/lib/drafts";
import { ReviewView } from "./ReviewView";

const server = setupServer();
const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
beforeAll(() => server.listen());
beforeEach(() => {
  localStorage.clear();
  useDrafts.setState({ owner: "", all: {} });
  openDrafts("usr_me");
  beginDraft("d", { person, amount: "15", note: "pizza" });
});
afterEach(() => {
  server.resetHandlers();
  queries.clear();
});
afterAll(() => server.close());

const person = {
  id: "usr_1",
  handle: "ana",
  display_name: "Ana",
  avatar_seed: "a",
  member_since: "2020-01-01",
};
const line = (kind: string, amount: number) => ({ kind, label: kind, amount, fee: 0 });
const free = { fee: 0, total: 1500, lines: [line("balance", 1500)] };
const byCard = { fee: 45, total: 1545, lines: [line("card", 1500)] };

function Held({ onSend }: { onSend: () => void }) {
  const draft = useDrafts((s) => s.all.d);
  return draft ? <ReviewView draft={draft} go={() => {}} onSend={onSend} /> : null;
}

/** Shows the review; gives what changes the plan behind it. */
async function review() {
  const onSend = vi.fn();
  let plan = free;
  let count = 0;
  const at = "http://localhost:8080/v1";
  const quote = () => ({
    ...plan,
    quote_token: `q${count++}`,
    expires_at: new Date(Date.now() + 120_000).toISOString(),
    lands: "now",
    lands_on: null,
    audience: "friends",
    warnings: [],
  });
  server.use(
    http.post(`${at}/payments/quote`, () => HttpResponse.json(quote())),
    http.get(`${at}/funding-sources`, () => HttpResponse.json({ items: [] })),
    http.get(`${at}/me`, () => HttpResponse.json({ id: "usr_me" })),
  );
  render(
    <QueryClientProvider client={queries}>
      <Held onSend={onSend} />
    </QueryClientProvider>,
  );
  const button = await screen.findByTestId("pay-submit");
  await waitFor(() => expect(button).toHaveAttribute("aria-disabled", "false"));
  const becomes = async (next: typeof free) => {
    plan = next;
    await act(() => queries.refetchQueries({ queryKey: ["quote"] }));
  };
  return { button, onSend, becomes };
}

it("says that the cost has changed, and rests the button, where a new quote is another plan", async () => {
  const { button, onSend, becomes } = await review();
  expect(screen.queryByRole("alert")).toBeNull();
  await becomes(byCard);
  expect(await screen.findByRole("alert")).toHaveTextContent("$15.45 in all");
  expect(button).toHaveAttribute("aria-disabled", "true");
  await userEvent.click(button);
  expect(onSend).not.toHaveBeenCalled();
  await waitFor(() => expect(button).toHaveAttribute("aria-disabled", "false"), { timeout: 2000 });
  expect(screen.getByRole("alert")).toHaveTextContent("$15.45 in all");
  await userEvent.click(button);
  expect(onSend).toHaveBeenCalledOnce();
});

it("says nothing where a new quote is the same plan", async () => {
  const { button, onSend, becomes } = await review();
  await becomes({ ...free });
  await waitFor(() => expect(useDrafts.getState().all.d?.seal?.token).toBe("q1"));
  expect(screen.queryByRole("alert")).toBeNull();
  await userEvent.click(button);
  expect(onSend).toHaveBeenCalledOnce();
});

it("says nothing of a plan that was chosen here", async () => {
  const { button, becomes } = await review();
  await becomes(byCard);
  await screen.findByRole("alert");
  act(() => void happen("d", { type: "edit", form: { source: "balance" } }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  await waitFor(() => expect(screen.getByTestId("pay-submit")).toBeEnabled());
  expect(button).toBeInTheDocument();
});

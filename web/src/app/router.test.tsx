import { QueryClientProvider } from "@tanstack/react-query";
import { Link, RouterProvider } from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { Page } from "@/ui/Page";
import { queries } from "./queries";
import { router } from "./router";

vi.mock("@/features/qr/QrPage", () => ({
  QrPage: () => {
    throw new Error("a fault of this page");
  },
}));
const server = setupServer(
  http.get("*/v1/me", () =>
    HttpResponse.json({ id: "usr_me", handle: "me", display_name: "Me", avatar_seed: "m" }),
  ),
  http.get("*/v1/app", () => HttpResponse.json({ demo: false, mailbox: null })),
  http.all("*/v1/*", () => new HttpResponse(null, { status: 503 })),
);
beforeAll(() => {
  server.listen();
  vi.stubGlobal("scrollTo", () => {});
  vi.stubGlobal(
    "WebSocket",
    class {
      close() {}
    },
  );
});
afterAll(() => server.close());

vi.mock("@/features/hold/HoldPage", () => ({
  HoldPage: () => (
    <Page title="one">
      <Link to="/settings/look">go</Link>
    </Page>
  ),
}));

// One test: the router of the app is one, and goes with its document.
it("leads the focus on from page to page, and keeps the bars of the app where one fails", async () => {
  router.history.replace("/on-hold");
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  const link = await screen.findByRole("link", { name: "go" }, { timeout: 5000 });
  expect(document.body).toHaveFocus();
  await userEvent.click(link);
  await screen.findByRole("heading", { name: "Look and language", level: 1 });
  await vi.waitFor(() => expect(screen.getByRole("main")).toHaveFocus());

  for (const way of ["error", "warn"] as const) vi.spyOn(console, way).mockReturnValue();
  await router.navigate({ to: "/qr" });
  expect(await screen.findByRole("alert")).toHaveTextContent("Something went wrong");
  expect(screen.getAllByRole("navigation", { name: "Main" })).not.toEqual([]);
});

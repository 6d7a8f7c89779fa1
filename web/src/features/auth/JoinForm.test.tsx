import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import user from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { JoinForm } from "./JoinForm";

function open() {
  const onJoined = vi.fn();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <JoinForm
        email="zoe@example.org"
        ticket="t"
        isRemembered={false}
        onJoined={onJoined}
        onStale={() => {}}
      />
    </QueryClientProvider>,
  );
  return {
    name: screen.getByLabelText("Name"),
    handle: screen.getByLabelText("Handle"),
    password: screen.getByLabelText("Password"),
    submit: screen.getByRole("button", { name: "Create account" }),
  };
}

test("the handle follows the name until it is typed", async () => {
  const { name, handle } = open();
  await user.type(name, "Zoë M");
  expect(handle).toHaveValue("zoe_m");
  await user.clear(handle);
  await user.type(handle, "Zed");
  expect(handle).toHaveValue("zed");
  await user.type(name, "ore");
  expect(handle).toHaveValue("zed");
});

test("each field says what is wrong with it, and nothing can be sent before all is right", async () => {
  const { name, handle, password, submit } = open();
  expect(submit).toBeDisabled();
  await user.click(name);
  await user.tab();
  expect(await screen.findByText("Enter a name.")).toBeVisible();
  await user.type(handle, "a b");
  expect(await screen.findByText("Use only a–z, 0–9 and _.")).toBeVisible();
  await user.type(password, "short");
  expect(screen.getByText("7 more characters.")).toBeVisible();
  await user.tab();
  expect(await screen.findByText("Use at least 12 characters.")).toBeVisible();
  expect(submit).toBeDisabled();

  await user.type(name, "Zoë");
  await user.clear(handle);
  await user.type(handle, "zoe");
  await user.type(password, " horse battery");
  await vi.waitFor(() => expect(submit).toBeEnabled());
  expect(screen.queryAllByRole("alert")).toEqual([]);
});

test("who sees it is shown as it is chosen", async () => {
  open();
  expect(screen.getByText(/Your friends and Ben’s see it/)).toBeVisible();
  await user.click(screen.getByRole("radio", { name: "Private" }));
  expect(screen.getByText(/Only you and Ben see it/)).toBeVisible();
});

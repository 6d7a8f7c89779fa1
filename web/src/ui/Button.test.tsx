import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { Problem } from "@/lib/problem";
import { Button } from "./Button";
import { CodeField } from "./CodeField";
import { ErrorPanel } from "./ErrorPanel";

it("keeps the focus while it works, and takes no second press", async () => {
  const onClick = vi.fn();
  const { rerender } = render(<Button onClick={onClick}>Save</Button>);
  const button = screen.getByRole("button");
  await userEvent.click(button);
  rerender(
    <Button onClick={onClick} isBusy>
      Save
    </Button>,
  );
  expect(button).toHaveFocus();
  expect(button).toBeEnabled();
  expect(button).toHaveAttribute("aria-disabled", "true");
  await userEvent.click(button);
  await userEvent.keyboard("{Enter} ");
  expect(onClick).toHaveBeenCalledOnce();
});

it("sends no form while it works, by Enter neither", async () => {
  const onSubmit = vi.fn((event: React.FormEvent) => event.preventDefault());
  const form = (isBusy: boolean) => (
    <form onSubmit={onSubmit}>
      <input aria-label="name" />
      <Button type="submit" isBusy={isBusy}>
        Send
      </Button>
    </form>
  );
  const { rerender } = render(form(false));
  await userEvent.type(screen.getByLabelText("name"), "a{Enter}");
  expect(onSubmit).toHaveBeenCalledOnce();
  rerender(form(true));
  await userEvent.type(screen.getByLabelText("name"), "a{Enter}");
  await userEvent.click(screen.getByRole("button"));
  expect(onSubmit).toHaveBeenCalledOnce();
});

it("keeps the focus in a code that is being checked, and takes no other", async () => {
  const onChange = vi.fn();
  const { rerender } = render(<CodeField label="Code" value="" onChange={onChange} />);
  const field = screen.getByLabelText("Code");
  await userEvent.click(field);
  rerender(<CodeField label="Code" value="123456" onChange={onChange} isBusy />);
  expect(field).toHaveFocus();
  await userEvent.keyboard("{Backspace}");
  expect(onChange).not.toHaveBeenCalled();
});

it("offers to try again when the server is ready for it", async () => {
  const onRetry = vi.fn();
  const busy = { code: "OVERLOADED", retryable: true, retry_after: 1 };
  render(<ErrorPanel error={new Problem(busy, 503)} onRetry={onRetry} />);
  const again = screen.getByRole("button", { name: "Try again" });
  await userEvent.click(again);
  expect(onRetry).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(again).toHaveAttribute("aria-disabled", "false"), 2000);
  await userEvent.click(again);
  expect(onRetry).toHaveBeenCalledOnce();
});

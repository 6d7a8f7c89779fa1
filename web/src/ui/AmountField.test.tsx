import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { speak } from "@/lib/i18n";
import { AmountField } from "./AmountField";

function Held({ start = "", isChecked = false }: { start?: string; isChecked?: boolean }) {
  const [text, setText] = useState(start);
  return <AmountField value={text} onChange={setText} isChecked={isChecked} />;
}

afterEach(() => speak("en"));

it("says what is wrong only when it was left, and stops when it is typed on", async () => {
  render(<Held />);
  const field = screen.getByLabelText("Amount");
  expect(field).toHaveAttribute("inputmode", "decimal");
  await userEvent.type(field, "1.234");
  expect(screen.getByRole("alert")).toBeEmptyDOMElement();
  await userEvent.tab();
  expect(screen.getByRole("alert")).toHaveTextContent("whole cents");
  expect(field).toBeInvalid();
  expect(field).toHaveAccessibleDescription(/whole cents/);
  await userEvent.type(field, "{Backspace}");
  expect(field).toBeValid();
});

it("leaves an empty field in peace until the button was pressed", async () => {
  const { rerender } = render(<Held />);
  await userEvent.click(screen.getByLabelText("Amount"));
  await userEvent.tab();
  expect(screen.getByRole("alert")).toBeEmptyDOMElement();
  rerender(<Held isChecked />);
  expect(screen.getByRole("alert")).toHaveTextContent("Enter an amount.");
});

it("reads and speaks the language of the app", async () => {
  await speak("de");
  render(<Held start="1,234" isChecked />);
  expect(screen.getByRole("alert")).toHaveTextContent("höchstens zwei Nachkommastellen");
  render(<Held start="1.234" isChecked />);
  expect(screen.getAllByRole("alert")[1]).toBeEmptyDOMElement();
});

it("keeps an amount together in a sentence from right to left", async () => {
  await speak("ar");
  render(<Held start="0" isChecked />);
  expect(screen.getByRole("alert")).toHaveTextContent(/\u2066[^\u2069]*0[.,٫]01[^\u2069]*\u2069/);
});

it("keeps a paste as it is, and takes Enter as the way on", async () => {
  const onEnter = vi.fn();
  const onChange = vi.fn();
  render(<AmountField value="" onChange={onChange} onEnter={onEnter} />);
  await userEvent.click(screen.getByLabelText("Amount"));
  await userEvent.paste("$1,234.50");
  expect(onChange).toHaveBeenCalledWith("$1,234.50");
  await userEvent.keyboard("{Enter}");
  expect(onEnter).toHaveBeenCalledOnce();
});

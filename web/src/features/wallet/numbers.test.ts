import { expect, it } from "vitest";
import { numbersForm } from "./numbers";

const right = { bank_name: "Tartan Bank", routing: "011401533", account: "1111", kind: "checking" };

function wrongs(change: Partial<typeof right>): string[] {
  const read = numbersForm.safeParse({ ...right, ...change });
  return read.success ? [] : read.error.issues.map((issue) => issue.message);
}

it("takes numbers as they are copied", () => {
  const read = numbersForm.parse({ ...right, bank_name: " Tartan ", account: "1111 2222-3333" });
  expect(read).toMatchObject({ bank_name: "Tartan", account: "111122223333" });
});

it.each([
  [{ bank_name: "A" }, "name"],
  [{ bank_name: "   " }, "name"],
  [{ routing: "01140153" }, "length"],
  [{ routing: "0114015330" }, "length"],
  [{ routing: "01140153x" }, "length"],
  [{ routing: "011401534" }, "check"],
  [{ routing: "000000000" }, "check"],
  [{ account: "123" }, "digits"],
  [{ account: "1".repeat(18) }, "digits"],
  [{ account: "12a4" }, "digits"],
])("names what is wrong with %o", (change, what) => {
  expect(wrongs(change)).toEqual([what]);
});

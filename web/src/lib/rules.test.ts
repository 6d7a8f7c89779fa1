import fc from "fast-check";
import { expect, test } from "vitest";
import {
  handleFault,
  isEmail,
  isHandle,
  isIdentifier,
  nameFault,
  passwordFault,
  suggestHandle,
} from "./rules";

test.each([
  ["Zoë Müller", "zoe_muller"],
  ["  Ana  ", "ana"],
  ["Jean-Luc d'Arc", "jean_luc_d_arc"],
  ["Straße", "strasse"],
])("the name %j suggests the handle %j", (name, handle) => {
  expect(suggestHandle(name, "x@example.org")).toBe(handle);
});

test("a name of another script suggests what stands before the @", () => {
  expect(suggestHandle("ليلى", "leila.k@example.org")).toBe("leila_k");
  expect(suggestHandle("王", "w@example.org")).toBe("");
});

test("what is suggested is a handle, whatever the name", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 80 }),
      fc.emailAddress(),
      (name, email) => {
        const handle = suggestHandle(name, email);
        expect(handle === "" || isHandle(handle)).toBe(true);
      },
    ),
  );
});

test.each([
  ["ab", "short"],
  ["abc", undefined],
  ["a".repeat(30), undefined],
  ["a".repeat(31), "long"],
  ["Ana", "signs"],
  ["an a", "signs"],
  ["añb", "signs"],
])("the handle %j: %j", (typed, fault) => {
  expect(handleFault(typed)).toBe(fault);
});

test.each([
  ["", "empty"],
  ["   ", "empty"],
  ["👩‍🚀", undefined],
  ["é".repeat(60), undefined],
  ["é".repeat(61), "long"],
  ["Pay www.example", "address"],
  ["Ana\u202e", "signs"],
])("the name %j: %j", (typed, fault) => {
  expect(nameFault(typed)).toBe(fault);
});

test("a password counts code points, and says nothing of what they are", () => {
  expect(passwordFault("💶".repeat(11))).toBe("short");
  expect(passwordFault("💶".repeat(12))).toBeUndefined();
  expect(passwordFault("            ")).toBeUndefined();
  expect(passwordFault("a".repeat(129))).toBe("long");
});

test("an identifier is an e-mail or a handle", () => {
  for (const typed of ["ana", "@ana", "Ana@Example.org ", "a@b.co"]) {
    expect(isIdentifier(typed), typed).toBe(true);
  }
  for (const typed of ["", "an", "ana@", "@", "a b@example.org", "ana@example", "ana lindt"]) {
    expect(isIdentifier(typed), typed).toBe(false);
  }
  expect(isEmail("ana")).toBe(false);
});

import { expect, test } from "vitest";
import { factsBody, noFacts, ofAge } from "./facts";
import { languageOptions, zoneOptions } from "./options";

test("who turns 18 today is of age", () => {
  expect(ofAge(new Date(2026, 10, 20))).toBe("2008-11-20");
  expect(ofAge(new Date(2026, 0, 1))).toBe("2008-01-01");
  expect(ofAge(new Date(2024, 1, 29))).toBe("2006-03-01");
});

test("the address stands apart from who lives there", () => {
  const { address, ...who } = factsBody({ ...noFacts, legal_name: "Nora", city: "Graz" });
  expect(address).toMatchObject({ city: "Graz", country: "US" });
  expect(who).toEqual({ legal_name: "Nora", birth_date: "", tax_id_last4: "" });
});

test("a language that somebody has is offered once, as they have it", () => {
  const known = { en: "English", de: "Deutsch" };
  expect(languageOptions(known, "de-AT").map(({ value }) => value)).toEqual(["en", "de-AT"]);
  expect(languageOptions(known, "pt").map(({ value }) => value)).toEqual(["pt", "en", "de"]);
  expect(languageOptions(known, "en").map(({ value }) => value)).toEqual(["en", "de"]);
});

test("a zone that the browser does not know stays a choice", () => {
  const values = zoneOptions("Mars/Olympus").map(({ value }) => value);
  expect(values).toContain("Mars/Olympus");
  expect(new Set(values).size).toBe(values.length);
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AMOUNT_MAX, AMOUNT_MIN, amountText, parseAmount } from "./amount";

const locales = ["en", "de", "es", "fr", "ar", "ar-EG", "fa"];
const minors = fc.integer({ min: AMOUNT_MIN, max: AMOUNT_MAX });
const edges = [1, 9, 10, 99, 100, 101, 99_999, 100_000, 123_450, 499_999, 500_000];

describe.each(locales)("in %s", (locale) => {
  const written = (["narrowSymbol", "symbol", "code"] as const).map(
    (currencyDisplay) =>
      new Intl.NumberFormat(locale, { style: "currency", currency: "USD", currencyDisplay }),
  );
  const bare = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 });

  it("reads back whatever the language writes", () => {
    const check = (minor: number) => {
      for (const format of [...written, bare]) {
        const text = format.format(minor / 100);
        expect(parseAmount(text, locale), text).toEqual({ minor });
      }
      expect(parseAmount(amountText(minor, locale), locale)).toEqual({ minor });
    };
    edges.forEach(check);
    fc.assert(fc.property(minors, check), { numRuns: 1500 });
  });

  it("never rounds and never throws", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789.,'٫٬٤ $-e\u202f") });
    fc.assert(
      fc.property(fc.oneof(fc.string(), digits), (text) => {
        const read = parseAmount(text, locale);
        if (read.minor === undefined) return;
        expect(Number.isInteger(read.minor)).toBe(true);
        expect(read.minor).toBeGreaterThanOrEqual(AMOUNT_MIN);
        expect(read.minor).toBeLessThanOrEqual(AMOUNT_MAX);
        // What was read are the digits that were written, none more and none less.
        const ascii = [...text]
          .map((c) => "0123456789٠١٢٣٤٥٦٧٨٩".indexOf(c) % 10)
          .filter((n) => n >= 0)
          .join("");
        const trimmed = ascii.replace(/^0+/, "");
        expect(String(read.minor).replace(/0+$/, "")).toBe(trimmed.replace(/0+$/, ""));
      }),
      { numRuns: 3000 },
    );
  });
});

it.each([
  ["en", "13.68", 1368],
  ["en", "$1,234.50", 123450],
  ["en", "1234.5", 123450],
  ["en", ".5", 50],
  ["en", "12.", 1200],
  ["en", "12,50", 1250],
  ["de", "1.234,50", 123450],
  ["de", "1.234", 123400],
  ["de", "12.50", 1250],
  ["fr", "1 234,50", 123450],
  ["fr", "1\u202f234,50 $US", 123450],
  ["ar", "١٬٢٣٤٫٥٠", 123450],
  ["ar", "۱۲٫۵", 1250],
  ["de", "١٬٢٣٤٫٥٠", 123450],
  ["en", "5,000", 500000],
])("%s: %s is %i", (locale, text, minor) => {
  expect(parseAmount(text, locale)).toEqual({ minor });
});

it.each([
  ["en", "", "empty"],
  ["en", " $ ", "empty"],
  ["en", "-1", "sign"],
  ["en", "−1", "sign"],
  ["en", "+1", "sign"],
  ["en", "(5)", "sign"],
  ["en", "1e3", "exponent"],
  ["en", "1e-3", "exponent"],
  ["en", "-1E3", "exponent"],
  ["en", "1.234,50", "separators"],
  ["de", "1,234.50", "separators"],
  ["en", "1,23,456", "separators"],
  ["en", "1.2.3", "separators"],
  ["en", "0,001", "separators"],
  ["en", "1 2", "separators"],
  ["en", "0.001", "decimals"],
  ["en", "1.234", "decimals"],
  ["de", "1,234", "decimals"],
  ["en", "0", "small"],
  ["en", "0.00", "small"],
  ["en", "5000.01", "large"],
  ["en", "99999999999999999999", "large"],
  ["en", "NaN", "unreadable"],
  ["en", "5²", "unreadable"],
  ["en", ".", "unreadable"],
  ["en", "€5", "unreadable"],
])("%s: %s is refused as %s", (locale, text, why) => {
  expect(parseAmount(text, locale)).toEqual({ why });
});

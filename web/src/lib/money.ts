import { locale } from "./i18n";

/** An amount as text that no float has touched: 1368 → "13.68". */
function decimal(minor: number): string {
  const digits = String(Math.abs(minor)).padStart(3, "0");
  return `${minor < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export type Sign = "none" | "both";

/**
 * Writes integer minor units as the language does. With `both`, money that comes has "+", money
 * that goes "−": colour alone never tells which.
 */
export function formatMoney(minor: number, currency = "USD", sign: Sign = "none"): string {
  const format = new Intl.NumberFormat(locale(), {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    signDisplay: sign === "both" ? "exceptZero" : "auto",
  });
  // A string keeps every digit; TypeScript's type of `format` knows only numbers.
  // Arabic puts marks of direction in; an amount is read from left to right, with its sign first.
  const marks = /[\u061c\u200e\u200f]/g;
  return format
    .format(decimal(minor) as unknown as number)
    .replace(marks, "")
    .replace("-", "−");
}

/** An amount inside a sentence: one from right to left would take its sign apart. */
export function moneyWords(minor: number, currency = "USD"): string {
  const amount = formatMoney(minor, currency);
  return document.documentElement.dir === "rtl" ? `\u2066${amount}\u2069` : amount;
}

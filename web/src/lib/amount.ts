/** Amounts that may be sent. Units: cents. */
export const AMOUNT_MIN = 1;
export const AMOUNT_MAX = 500_000;
/** What may be moved between the wallet and a bank: its limits are the server's to tell. */
export const TRANSFER_MAX = 99_999_999;

export type AmountFault =
  | "empty"
  | "sign"
  | "exponent"
  | "separators"
  | "decimals"
  | "small"
  | "large"
  | "unreadable";
export type Amount = { minor: number; why?: undefined } | { minor?: undefined; why: AmountFault };

const zeros = [0x0660, 0x06f0, 0xff10]; // Arabic-Indic, Persian, full width
const marks = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const spaces = /[\s\u00a0\u202f\u2009]/;
const currency = /^(?:US\$|\$US|USD|\$)|(?:US\$|\$US|USD|\$)$/i;

/** Which sign parts whole dollars from cents, and which parts thousands, in a language. */
function signs(locale: string): { point: string; group: string } {
  const parts = new Intl.NumberFormat(locale).formatToParts(1_234_567.5);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  const plain = (sign: string) => (sign === "٫" ? "." : sign === "٬" ? "," : sign);
  return { point: plain(of("decimal")) || ".", group: plain(of("group")) || "," };
}

function asciiDigits(text: string): string {
  return [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      const zero = zeros.find((first) => code >= first && code <= first + 9);
      return zero === undefined ? character : String(code - zero);
    })
    .join("");
}

/** Whole dollars without their thousands signs, or undefined where these stand wrongly. */
function whole(text: string, group: string): string | undefined {
  if (/^\d*$/.test(text)) return text;
  const used = [...text].find((character) => !/\d/.test(character)) ?? "";
  if (used !== group && used !== " ") return undefined;
  const [first = "", ...rest] = text.split(used);
  // "0,001" is no thousand: whoever wrote it meant a fraction.
  const isGrouped = /^[1-9]\d{0,2}$/.test(first) && rest.every((part) => /^\d{3}$/.test(part));
  return isGrouped ? first + rest.join("") : undefined;
}

/** Splits at the sign before the cents; undefined where two readings are possible, or none. */
function split(text: string, locale: string): { dollars: string; cents: string } | undefined {
  const { point, group } = signs(locale);
  const at = text.lastIndexOf(point);
  if (at >= 0 && text.indexOf(point) === at) {
    const dollars = whole(text.slice(0, at), group);
    const cents = text.slice(at + 1);
    if (dollars !== undefined && /^\d*$/.test(cents)) return { dollars, cents };
    return undefined;
  }
  const dollars = at < 0 ? whole(text, group) : undefined;
  if (dollars !== undefined) return { dollars, cents: "" };
  // A keypad has the point of its own region: "12.50" in German can be nothing but cents.
  const other = /^(\d*)[.,](\d{1,2})$/.exec(text);
  return other ? { dollars: other[1] ?? "", cents: other[2] ?? "" } : undefined;
}

/**
 * Reads an amount as its writer's language writes it. Never rounds, never guesses between two
 * readings: what is in doubt is a fault with a name. Units: cents.
 */
export function parseAmount(text: string, locale: string, max = AMOUNT_MAX): Amount {
  const bare = asciiDigits(text.replace(marks, "")).trim().replace(currency, "").trim();
  const plain = bare.replaceAll("٫", ".").replaceAll("٬", ",").replace(/[’]/g, "'");
  if (plain === "") return { why: "empty" };
  if (/^[+\-−–]?[\d.,\s]*\d[\d.,\s]*e/i.test(plain)) return { why: "exponent" };
  if (/^[+\-−–(]|[+\-−–)]$/.test(plain)) return { why: "sign" };
  const spaced = [...plain].map((c) => (spaces.test(c) ? " " : c)).join("");
  if (!/^[\d., ']*$/.test(spaced) || !/\d/.test(spaced)) return { why: "unreadable" };
  // Arabic signs tell which is which, whatever the language.
  const parts = split(spaced, /[٫٬]/.test(bare) ? "en" : locale);
  if (parts === undefined) return { why: "separators" };
  if (parts.cents.length > 2) return { why: "decimals" };
  const dollars = parts.dollars.replace(/^0+/, "");
  if (dollars.length > 6) return { why: "large" };
  const minor = Number(dollars + parts.cents.padEnd(2, "0"));
  if (minor < AMOUNT_MIN) return { why: "small" };
  return minor > max ? { why: "large" } : { minor };
}

/** An amount as it stands in a field: without the currency, and only as many signs as needed. */
export function amountText(minor: number, locale: string): string {
  const digits = String(minor).padStart(3, "0");
  const cents = digits.slice(-2);
  const { point } = signs(locale);
  return digits.slice(0, -2) + (cents === "00" ? "" : point + cents);
}

/** What names, handles, addresses and passwords must be: the API says the same. Pure. */

const HANDLE = /^[a-z0-9_]{3,30}$/;
const EMAIL = /^[^\s@<>()[\]\\,;:"]{1,64}@(?:[^\s@.<>()[\]\\,;:"/]+\.)+[^\s@.<>()[\]\\,;:"/]{2,}$/;
const BIDI = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

export const NAME_HIGH = 60;
export const HANDLE_HIGH = 30;
export const PASSWORD_LOW = 12;
export const PASSWORD_HIGH = 128;

/** How many characters, as people and the API count them. */
export function lengthOf(text: string): number {
  return [...text.normalize("NFC")].length;
}

export function isEmail(typed: string): boolean {
  return typed.trim().length <= 200 && EMAIL.test(typed.trim());
}

/** Whether it can be somebody: an e-mail, or a handle with or without @. */
export function isIdentifier(typed: string): boolean {
  return isEmail(typed) || isHandle(typed.trim().toLowerCase().replace(/^@/, ""));
}

export function isHandle(typed: string): boolean {
  return HANDLE.test(typed);
}

export type NameFault = "empty" | "long" | "address" | "signs";

/** What is wrong with a name, if anything: others read it in our mails, so it is no address. */
export function nameFault(typed: string): NameFault | undefined {
  const name = typed.normalize("NFC").trim();
  if (name === "") return "empty";
  if (lengthOf(name) > NAME_HIGH) return "long";
  if (BIDI.test(name)) return "signs";
  const plain = name.normalize("NFKC").toLowerCase();
  return ["://", "www.", "@"].some((sign) => plain.includes(sign)) ? "address" : undefined;
}

export type HandleFault = "short" | "long" | "signs";

export function handleFault(typed: string): HandleFault | undefined {
  if (/[^a-z0-9_]/.test(typed)) return "signs";
  if (typed.length < 3) return "short";
  return typed.length > HANDLE_HIGH ? "long" : undefined;
}

/** Makes a handle of what was typed, as far as that goes: "Zoë M" → "zoe_m". */
export function handleOf(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/ß/g, "ss")
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/_+/g, "_");
  return plain.replace(/^_|_$/g, "").slice(0, HANDLE_HIGH);
}

/** Suggests a handle by a name, else by an e-mail: names of other scripts leave nothing. */
export function suggestHandle(name: string, email: string): string {
  const suggestions = [handleOf(name), handleOf(email.split("@")[0] ?? "")];
  return suggestions.find(isHandle) ?? "";
}

export type PasswordFault = "short" | "long";

export function passwordFault(typed: string): PasswordFault | undefined {
  const length = lengthOf(typed);
  if (length < PASSWORD_LOW) return "short";
  return length > PASSWORD_HIGH ? "long" : undefined;
}

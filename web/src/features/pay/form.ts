import type { PaymentBody, RequestPayBody } from "@/api/payments/send-payment";
import type { AskBody } from "@/api/requests/ask-money";
import { parseAmount } from "@/lib/amount";
import type { Body, Draft, Form } from "@/lib/draft";
import { locale } from "@/lib/i18n";

export type View = "who" | "what" | "review" | "result";
export const NOTE_MAX = 500;
export const EXPIRES_IN_DAYS = 30;
// What the API refuses to store: controls, invisible signs (but those of emoji), private ones.
const unshown = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/u;
const flags = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}/gu;

export type NoteFault = "empty" | "long" | "signs";

export function noteFault(note: string): NoteFault | undefined {
  const plain = note.normalize("NFC").trim();
  if (plain === "") return "empty";
  if ([...plain].length > NOTE_MAX) return "long";
  return unshown.test(plain.replace(flags, "")) ? "signs" : undefined;
}

/** Cents, or undefined while the amount cannot be read. */
export function minorOf(form: Form): number | undefined {
  return parseAmount(form.amount, locale()).minor;
}

export function isWhole(form: Form): boolean {
  const isNoteRight = form.requestId !== undefined || noteFault(form.note) === undefined;
  return form.person !== undefined && minorOf(form) !== undefined && isNoteRight;
}

/** What would be sent: the whole of what the key stands for. */
export function bodyOf({ kind, form }: Draft): Body {
  const source = form.source === undefined ? {} : { funding_source_id: form.source };
  const seen = form.audience === undefined ? {} : { visibility: form.audience };
  if (form.requestId !== undefined) return { request_id: form.requestId, ...seen, ...source };
  const what = {
    amount: minorOf(form) ?? 0,
    currency: "USD",
    note: form.note.normalize("NFC").trim(),
    ...seen,
  };
  const person = form.person?.id ?? "";
  if (kind === "request") {
    return { requestee_id: person, ...what, expires_in_days: EXPIRES_IN_DAYS };
  }
  return { payee_id: person, ...what, ...source };
}

/** A sealed body, as the API's types call it: only `bodyOf` makes one. */
export type Sendable = PaymentBody | RequestPayBody | AskBody;

/** The view that a draft can be in: what is open or done has its result, and no live form. */
export function viewOf(draft: Draft, asked: string | undefined): View {
  const { step, form } = draft;
  const isEnded = step === "REFUSED" || step === "UNSENT";
  if (step === "SENDING" || step === "CHECKING" || step === "DONE") return "result";
  if (isEnded && asked === "result") return "result";
  if (form.person === undefined) return "who";
  if (form.requestId !== undefined) return "review";
  if (asked === "who") return "who";
  return asked === "review" && isWhole(form) ? "review" : "what";
}

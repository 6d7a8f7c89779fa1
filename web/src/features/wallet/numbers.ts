import * as z from "zod/mini";

export type Wrong = "name" | "length" | "check" | "digits";

const weights = [3, 7, 1];

/** Tells whether nine digits are an ABA routing number: weights 3, 7, 1, sum divisible by 10. */
function hasCheckDigit(routing: string): boolean {
  const sum = [...routing].reduce((all, d, at) => all + Number(d) * (weights[at % 3] ?? 0), 0);
  return routing !== "000000000" && sum % 10 === 0;
}

const wrong = (what: Wrong) => ({ error: what, abort: true });

/** Digits as people copy them: spaces and hyphens are passed over. */
const digits = z.pipe(
  z.string(),
  z.transform((text) => text.normalize("NFKC").replace(/[\s-]/g, "")),
);

/** The numbers of a bank account as they are typed. */
export const numbersForm = z.object({
  bank_name: z
    .string()
    .check(z.trim(), z.minLength(2, wrong("name")), z.maxLength(60, wrong("name"))),
  routing: z.pipe(
    digits,
    z.string().check(z.regex(/^\d{9}$/, wrong("length")), z.refine(hasCheckDigit, wrong("check"))),
  ),
  account: z.pipe(digits, z.string().check(z.regex(/^\d{4,17}$/, wrong("digits")))),
  kind: z.enum(["checking", "savings"]),
});

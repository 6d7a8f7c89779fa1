import { expect, test } from "vitest";
import { languages, speak, t } from "@/lib/i18n";
import openapi from "../../../../docs/api/openapi.json";
import { detailOf, sentenceOf } from "./words";

const kinds = openapi.components.schemas.Kind.enum;
const details: string[] = openapi.components.schemas.NoticeView.properties.detail.anyOf.flatMap(
  (choice) => ("enum" in choice ? (choice.enum as string[]) : []),
);
const values = { name: "Ana", amount: "$1.00", count: 2 };
const of: Record<string, string[]> = {
  payment_reversed: ["to_you", "from_you"],
  payment_released: ["rejected", "declined", "failed", "expired"],
  payment_held: ["proof", "review", "funding"],
  dispute_decided: ["won", "lost"],
  frozen: ["send", "withdraw", "all"],
  security: details.filter(
    (d) =>
      !/^(proof|review|funding|rejected|declined|failed|expired|to_you|from_you|won|lost|send|withdraw|all|\d)$/.test(
        d,
      ),
  ),
};

test.each(Object.keys(languages))("every kind of notice has words in %s", async (language) => {
  await speak(language as keyof typeof languages);
  for (const kind of kinds) {
    for (const detail of [...(of[kind] ?? []), null]) {
      for (const count of [1, 3]) {
        const notice = { kind, detail, count } as Parameters<typeof sentenceOf>[0];
        const below = detailOf(notice);
        for (const id of [sentenceOf(notice), ...(below ? [below] : [])]) {
          expect(t(id, values), `${kind} ${detail}`).not.toContain("notifications.");
        }
      }
    }
  }
});

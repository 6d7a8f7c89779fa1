import { parseAmount } from "@/lib/amount";
import { locale } from "@/lib/i18n";

/** Reads an amount below a dollar: "0.17", ".17", "0,17", or the cents alone: "17". */
export function centsOf(text: string): number | undefined {
  const bare = text.trim();
  const { minor } = parseAmount(
    /^\d{1,2}$/.test(bare) ? `0.${bare.padStart(2, "0")}` : bare,
    locale(),
  );
  return minor !== undefined && minor < 100 ? minor : undefined;
}

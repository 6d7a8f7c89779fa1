import type { Source } from "@/api/sources/get-sources";
import { useT } from "@/lib/i18n";

/** Says what kind of bank account or card it is: "Checking account", "Credit card, 12/34". */
export function useSourceDetail(): (source: Source) => string {
  const t = useT();
  return (source) => {
    if (source.kind === "bank") return t(`wallet.kind.${source.account_type ?? "checking"}`);
    const month = String(source.exp_month ?? 0).padStart(2, "0");
    const year = String(source.exp_year ?? 0).slice(-2);
    return t(`wallet.kind.${source.kind}`, { expires: `${month}/${year}` });
  };
}

import { type Source, useSources } from "@/api/sources/get-sources";
import type { Draft } from "@/lib/draft";
import { happen } from "@/lib/drafts";
import { useT } from "@/lib/i18n";
import { SelectField } from "@/ui/Field";

const AUTO = "";

/** Where the money is to come from: as it comes, or as chosen. Another choice is another body. */
export function SourceChooser({ draft }: { draft: Draft }) {
  const t = useT();
  const { data } = useSources();
  const sources = (data ?? []).filter(({ state }) => state !== "REMOVED");
  if (sources.length === 0) return null;
  const name = ({ kind, label }: Source) =>
    kind === "bank" ? label : t("pay.source.card", { label });
  return (
    <SelectField
      label={t("pay.source.label")}
      value={draft.form.source ?? AUTO}
      onChange={(source) =>
        happen(draft.id, { type: "edit", form: { source: source === AUTO ? undefined : source } })
      }
      options={[
        { value: AUTO, label: t("pay.source.auto") },
        { value: "balance", label: t("pay.source.balance") },
        ...sources.map((source) => ({
          value: source.id,
          label: source.verified ? name(source) : t("pay.source.unready", { label: source.label }),
          isDisabled: !source.verified,
        })),
      ]}
    />
  );
}

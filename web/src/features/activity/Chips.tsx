import { X } from "lucide-react";
import { useT } from "@/lib/i18n";
import { formatMoney } from "@/lib/money";
import { shortDate } from "@/lib/time";
import { Button } from "@/ui/Button";
import { type ActivitySearch, centsOf, filtersOf } from "./filters";
import { kindLabels, stateLabels } from "./words";

interface Props {
  search: ActivitySearch;
  onChange: (search: ActivitySearch) => void;
}

/** Which filters are on; each goes with a press, Clear takes all. */
export function Chips({ search, onChange }: Props) {
  const t = useT();
  const { kind, state, direction, person } = filtersOf(search);
  const money = (text: string | undefined) => {
    const minor = centsOf(text);
    return minor === undefined ? undefined : formatMoney(minor);
  };
  const [min, max] = [money(search.min_amount), money(search.max_amount)];
  const words = {
    from: search.from && t("activity.chip.from", { day: shortDate(search.from) }),
    to: search.to && t("activity.chip.to", { day: shortDate(search.to) }),
    min_amount: min && t("activity.chip.min", { amount: min }),
    max_amount: max && t("activity.chip.max", { amount: max }),
    person: person && `@${person}`,
    kind: kind && t(kindLabels[kind]),
    state: state && t(stateLabels[state]),
    direction: direction && t(`activity.direction.${direction}`),
  };
  const on = Object.entries(words).filter(([, label]) => label !== undefined && label !== "");
  if (on.length === 0) return null;
  return (
    <ul aria-label={t("activity.on")} className="mt-3 flex flex-wrap items-center gap-2">
      {on.map(([name, label]) => (
        <li key={name}>
          <button
            type="button"
            aria-label={t("activity.chip.off", { filter: label ?? "" })}
            onClick={() => onChange({ ...search, [name]: undefined })}
            className="inline-flex min-h-11 items-center gap-1.5 rounded-full bg-tint ps-4 pe-3 text-sm font-semibold text-primary"
          >
            <bdi>{label}</bdi>
            <X size={16} aria-hidden="true" />
          </button>
        </li>
      ))}
      <li>
        <Button look="quiet" className="!px-3 !text-sm" onClick={() => onChange({})}>
          {t("activity.clear")}
        </Button>
      </li>
    </ul>
  );
}

import { X } from "lucide-react";
import { useRef } from "react";
import { useT } from "@/lib/i18n";
import { moneyWords } from "@/lib/money";
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
  const box = useRef<HTMLDivElement>(null);
  const { kind, state, direction, person } = filtersOf(search);
  const money = (text: string | undefined) => {
    const minor = centsOf(text);
    return minor === undefined ? undefined : moneyWords(minor);
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
  // The chip that is pressed goes: the focus stays near.
  const change = (wanted: ActivitySearch) => {
    box.current?.focus();
    onChange(wanted);
  };
  return (
    <div ref={box} tabIndex={-1} className="outline-none">
      {on.length > 0 && (
        <ul aria-label={t("activity.on")} className="mt-3 flex flex-wrap items-center gap-2">
          {on.map(([name, label]) => (
            <li key={name}>
              <button
                type="button"
                aria-label={t("activity.chip.off", { filter: label ?? "" })}
                onClick={() => change({ ...search, [name]: undefined })}
                className="inline-flex min-h-11 items-center gap-1.5 rounded-full bg-tint ps-4 pe-3 text-sm font-semibold text-primary"
              >
                <bdi>{label}</bdi>
                <X size={16} aria-hidden="true" />
              </button>
            </li>
          ))}
          <li>
            <Button look="quiet" className="!px-3 !text-sm" onClick={() => change({})}>
              {t("activity.clear")}
            </Button>
          </li>
        </ul>
      )}
    </div>
  );
}

import { useT } from "@/lib/i18n";
import { MoneyText } from "@/ui/MoneyText";

interface Props {
  limits: { per_payment: number; day: number; week: number };
  currency: string;
}

/** What may be sent at most: at once, in a day, in a week. */
export function Allowed({ limits, currency }: Props) {
  const t = useT();
  const rows = [
    [t("settings.limits.payment"), limits.per_payment],
    [t("settings.limits.day"), limits.day],
    [t("settings.limits.week"), limits.week],
  ] as const;
  return (
    <dl className="w-full">
      {rows.map(([term, minor]) => (
        <div key={term} className="flex justify-between gap-4 py-0.5 text-sm">
          <dt className="text-muted">{term}</dt>
          <dd className="font-semibold">
            <MoneyText minor={minor} currency={currency} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

import type { components } from "@/api/schema";
import { rich, useT } from "@/lib/i18n";
import { fullTime } from "@/lib/time";
import { MoneyText } from "@/ui/MoneyText";

type Window = Pick<components["schemas"]["WindowAnswer"], "limit" | "used" | "left"> &
  Partial<Pick<components["schemas"]["WindowAnswer"], "count" | "max_count" | "resets_at">>;

interface Props {
  label: string;
  window: Window;
  currency: string;
}

/** How much of a limit is used, what is left, and when some of it is free again. */
export function Meter({ label, window, currency }: Props) {
  const t = useT();
  const { limit, used, left } = window;
  const share = limit === 0 ? 1 : Math.min(1, used / limit);
  return (
    <div className="px-4 py-3">
      <p className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-semibold">{label}</span>
        <span>
          <MoneyText minor={left} currency={currency} className="font-semibold" />{" "}
          <span className="text-sm text-muted">{t("settings.limits.left")}</span>
        </span>
      </p>
      <meter
        className="sr-only"
        aria-label={label}
        min={0}
        max={limit}
        value={Math.min(used, limit)}
      />
      <span aria-hidden="true" className="my-2 block h-2 overflow-hidden rounded-full bg-sunk">
        <span
          className={`block h-full rounded-full ${share >= 0.9 ? "bg-warning" : "bg-primary"}`}
          style={{ width: `${used > 0 ? Math.max(1, share * 100) : 0}%` }}
        />
      </span>
      <p className="text-sm text-muted">
        {rich("settings.limits.used", {
          used: <MoneyText minor={used} currency={currency} />,
          limit: <MoneyText minor={limit} currency={currency} />,
        })}
      </p>
      {window.resets_at && used > 0 && (
        <p className="text-sm text-muted">
          {t("settings.limits.resets", { time: fullTime(window.resets_at) })}
        </p>
      )}
      {window.max_count && (
        <p className="text-sm text-muted">
          {t("settings.limits.count", { count: window.count ?? 0, most: window.max_count })}
        </p>
      )}
    </div>
  );
}

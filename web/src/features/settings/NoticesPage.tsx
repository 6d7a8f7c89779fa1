import { Check } from "lucide-react";
import { useChoosePreference } from "@/api/preferences/choose-preference";
import { type Preference, usePreferences } from "@/api/preferences/get-preferences";
import { useT } from "@/lib/i18n";
import { Card } from "@/ui/Card";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Page } from "@/ui/Page";
import { SkeletonRows } from "@/ui/Skeleton";
import { Devices } from "./Devices";

const ways = ["inbox", "push", "email"] as const;
type Way = (typeof ways)[number];

interface CellProps {
  cell: Preference | undefined;
  onChange: (isOn: boolean) => void;
}

/** Whether a topic comes this way: a box to tick, a tick that stays, or nothing. */
function Cell({ cell, onChange }: CellProps) {
  const t = useT();
  if (cell === undefined) return null;
  const label = t("settings.notices.cell", {
    topic: t(`settings.topic.${cell.topic}` as const),
    way: t(`settings.way.${cell.way}` as const),
  });
  if (cell.is_locked) {
    return (
      <span className="inline-flex size-11 items-center justify-center text-muted">
        <Check size={20} aria-hidden="true" />
        <span className="sr-only">{t("settings.notices.always")}</span>
      </span>
    );
  }
  return (
    <label className="inline-flex size-11 cursor-pointer items-center justify-center">
      <span className="sr-only">{label}</span>
      <input
        type="checkbox"
        checked={cell.is_on}
        onChange={(event) => onChange(event.target.checked)}
        className="size-5 accent-[var(--primary)]"
      />
    </label>
  );
}

function Matrix({ items }: { items: readonly Preference[] }) {
  const t = useT();
  const choosing = useChoosePreference();
  const topics = [...new Set(items.map(({ topic }) => topic))];
  const at = (topic: string, way: Way) =>
    items.find((item) => item.topic === topic && item.way === way);
  return (
    <>
      {choosing.error && <ErrorPanel error={choosing.error} />}
      <Card className="mt-2">
        <table className="w-full">
          <thead>
            <tr className="border-b border-line text-xs text-muted">
              <th scope="col" className="px-4 text-start font-semibold">
                {t("settings.notices.what")}
              </th>
              {ways.map((way) => (
                <th key={way} scope="col" className="w-12 py-3 text-center font-semibold sm:w-20">
                  {t(`settings.way.${way}` as const)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {topics.map((topic) => (
              <tr key={topic}>
                <th scope="row" className="min-w-0 py-2 ps-4 text-start font-normal hyphens-auto">
                  <span className="block font-semibold">
                    {t(`settings.topic.${topic}` as const)}
                  </span>
                  <span className="block text-sm text-muted">
                    {t(`settings.about.${topic}` as const)}
                  </span>
                </th>
                {ways.map((way) => (
                  <td key={way} className="text-center align-middle">
                    <Cell
                      cell={at(topic, way)}
                      onChange={(is_on) => choosing.mutate({ topic, way, is_on })}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
    </>
  );
}

/** What may reach me, and which ways. */
export function NoticesPage() {
  const t = useT();
  const found = usePreferences();
  return (
    <Page title={t("settings.menu.notifications")} back="/settings">
      <p className="mb-3 text-sm text-muted">{t("settings.notices.text")}</p>
      {found.isPending && <SkeletonRows label={t("ui.loading")} />}
      {found.isError && <ErrorPanel error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <Matrix items={found.data} />}
      <div className="mt-6">
        <Devices />
      </div>
    </Page>
  );
}

import { Check } from "lucide-react";
import type { Hold } from "@/api/holds/get-holds";
import { useT } from "@/lib/i18n";
import type { MessageId } from "@/locales/ids";
import { Card } from "@/ui/Card";

/** What still works under all holds together. */
function works(holds: readonly Hold[]): MessageId[] {
  const scopes = new Set(holds.map(({ scope }) => scope));
  if (scopes.has("all")) return ["hold.works.look", "hold.works.settings"];
  return [
    ...(scopes.has("send") ? [] : (["hold.works.send"] as const)),
    "hold.works.receive",
    "hold.works.ask",
    "hold.works.add",
    ...(scopes.has("withdraw") ? [] : (["hold.works.withdraw"] as const)),
    "hold.works.look",
  ];
}

/** What the person can go on doing. */
export function Works({ holds }: { holds: readonly Hold[] }) {
  const t = useT();
  return (
    <Card className="mt-4 p-4">
      <h2 className="font-semibold">{t("hold.works")}</h2>
      <ul className="mt-2 flex flex-col gap-2">
        {works(holds).map((label) => (
          <li key={label} className="flex items-center gap-3">
            <Check size={20} aria-hidden="true" className="shrink-0 text-money-in" />
            {t(label)}
          </li>
        ))}
      </ul>
    </Card>
  );
}

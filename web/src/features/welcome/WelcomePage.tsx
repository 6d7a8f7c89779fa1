import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { KeyRound, Landmark, type LucideIcon, Users } from "lucide-react";
import { useState } from "react";
import { useMe } from "@/api/me/get-me";
import { useT } from "@/lib/i18n";
import { safeNext } from "@/lib/next";
import { Button, buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Page } from "@/ui/Page";

interface Step {
  id: "bank" | "friends" | "safety";
  to: string;
  Icon: LucideIcon;
}

const steps: readonly Step[] = [
  { id: "bank", to: "/wallet/add", Icon: Landmark },
  { id: "friends", to: "/people", Icon: Users },
  { id: "safety", to: "/settings/security", Icon: KeyRound },
];

/** What a new person may do first. All of it can wait. */
export function WelcomePage() {
  const t = useT();
  const navigate = useNavigate();
  const search = useSearch({ from: "/app/welcome" });
  const { data: me } = useMe();
  const [skipped, setSkipped] = useState<readonly string[]>([]);
  const next = safeNext(search.next);
  const left = steps.filter((step) => !skipped.includes(step.id));
  const skip = (id: string) => {
    if (left.length === 1) void navigate({ href: next });
    else setSkipped([...skipped, id]);
  };
  return (
    <Page title={t("welcome.title", { name: me?.display_name ?? "" })}>
      <p className="mb-4 text-muted">{t("welcome.text")}</p>
      <ul className="flex flex-col gap-3">
        {left.map(({ id, to, Icon }) => (
          <li key={id}>
            <Card className="flex gap-4 p-4">
              <span className="h-fit rounded-full bg-tint p-3 text-primary">
                <Icon size={22} aria-hidden="true" />
              </span>
              <div className="min-w-0 flex-1">
                <h2 className="font-semibold">{t(`welcome.${id}.title` as const)}</h2>
                <p className="text-sm text-muted">{t(`welcome.${id}.text` as const)}</p>
                <div className="mt-3 flex flex-wrap gap-2">
                  <Link to={to} className={buttonClass("secondary")}>
                    {t(`welcome.${id}.act` as const)}
                  </Link>
                  <Button
                    look="quiet"
                    aria-label={t("welcome.skip.named", {
                      what: t(`welcome.${id}.title` as const),
                    })}
                    onClick={() => skip(id)}
                  >
                    {t("welcome.skip")}
                  </Button>
                </div>
              </div>
            </Card>
          </li>
        ))}
      </ul>
      <div className="mt-6 flex justify-center">
        <Button isWide onClick={() => void navigate({ href: next })}>
          {t(next === "/" ? "welcome.home" : "welcome.next")}
        </Button>
      </div>
    </Page>
  );
}

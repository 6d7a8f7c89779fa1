import { useQuery } from "@tanstack/react-query";
import { Monitor, Smartphone, Terminal } from "lucide-react";
import { useState } from "react";
import type { components } from "@/api/schema";
import { useEndSession } from "@/api/sessions/end-session";
import { sessionsQuery } from "@/api/sessions/get-sessions";
import { useT } from "@/lib/i18n";
import { fullTime, relative } from "@/lib/time";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { SkeletonRows } from "@/ui/Skeleton";
import { Section } from "./Section";

type Session = components["schemas"]["SessionView"];
const SHOWN = 5;

function pictureOf({ kind, device }: Session) {
  if (kind === "api") return Terminal;
  return /android|iphone|ipad|mobile/i.test(device) ? Smartphone : Monitor;
}

function Row({ session }: { session: Session }) {
  const t = useT();
  const ending = useEndSession();
  const Icon = pictureOf(session);
  return (
    <li className="px-4 py-3">
      <div className="flex items-center gap-3">
        <Icon size={20} aria-hidden="true" className="shrink-0 text-muted" />
        <p className="min-w-0 flex-1">
          <bdi className="block truncate font-semibold">{session.device}</bdi>
          <span className="block text-sm text-muted">
            <bdi>{session.place}</bdi>
            {" · "}
            {session.current ? (
              <span className="font-semibold text-money-in">{t("settings.sessions.this")}</span>
            ) : (
              <time dateTime={session.last_seen_at} title={fullTime(session.last_seen_at)}>
                {relative(session.last_seen_at)}
              </time>
            )}
          </span>
        </p>
        {!session.current && (
          <Button
            look="secondary"
            isBusy={ending.isPending}
            aria-label={t("settings.sessions.endName", { device: session.device })}
            onClick={() => ending.mutate(session.id)}
          >
            {t("settings.sessions.end")}
          </Button>
        )}
      </div>
      {ending.error && <ErrorPanel error={ending.error} />}
    </li>
  );
}

/** Where I am signed in; each can be ended, at once and on the server. */
export function SessionsPart() {
  const t = useT();
  const found = useQuery(sessionsQuery);
  const ending = useEndSession();
  const [isWhole, setWhole] = useState(false);
  const sessions = [...(found.data ?? [])].sort((a, b) => Number(b.current) - Number(a.current));
  const shown = isWhole ? sessions : sessions.slice(0, SHOWN);
  return (
    <Section title={t("settings.sessions.title")}>
      {found.isPending && (
        <div className="px-4">
          <SkeletonRows count={2} label={t("ui.loading")} />
        </div>
      )}
      {found.error && <ErrorPanel error={found.error} onRetry={() => void found.refetch()} />}
      <ul className="divide-y divide-line" data-testid="sessions">
        {shown.map((session) => (
          <Row key={session.id} session={session} />
        ))}
      </ul>
      {sessions.length > 1 && (
        <div className="flex flex-wrap gap-2 border-t border-line p-4">
          {sessions.length > shown.length && (
            <Button look="quiet" onClick={() => setWhole(true)}>
              {t("settings.sessions.all", { count: sessions.length })}
            </Button>
          )}
          <Button
            look="secondary"
            isBusy={ending.isPending}
            onClick={() => ending.mutate(undefined)}
          >
            {t("settings.sessions.others")}
          </Button>
          {ending.error && <ErrorPanel error={ending.error} />}
        </div>
      )}
    </Section>
  );
}

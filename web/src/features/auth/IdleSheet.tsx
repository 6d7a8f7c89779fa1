import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { signOut } from "@/api/auth/sign-out";
import { meQuery } from "@/api/me/get-me";
import { sessionsQuery } from "@/api/sessions/get-sessions";
import { useT } from "@/lib/i18n";
import { lastTouched } from "@/lib/idle";
import { useSession } from "@/lib/session";
import { Button } from "@/ui/Button";
import { Sheet } from "@/ui/Sheet";
import { endOf } from "./end";

const WARN_MS = 2 * 60_000;
const LOOK_EVERY_MS = 1_000;
const FIRST_LOOK_MS = 4_000;

/** Two minutes before an idle session ends it says so, and offers to stay. */
export function IdleSheet() {
  const t = useT();
  const [isLooking, setLooking] = useState(false);
  const [left, setLeft] = useState(Number.POSITIVE_INFINITY);
  const end = useSession((s) => s.end);
  // Asked once and a little later than the page: asking is use, and would keep the session alive.
  const { data: session } = useQuery({
    ...sessionsQuery,
    enabled: isLooking,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    select: (sessions) => sessions.find((one) => one.current),
  });
  const staying = useQuery({ ...meQuery, enabled: false });

  useEffect(() => {
    const timer = setTimeout(() => setLooking(true), FIRST_LOOK_MS);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    if (!session) return;
    const look = () => setLeft(endOf(session, lastTouched()) - Date.now());
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [session]);
  const isOver = left <= 0;
  useEffect(() => {
    if (!isOver) return;
    // The server may count a minute longer: what we call over is over.
    void signOut()
      .catch(() => undefined)
      .finally(() => end("expired"));
  }, [isOver, end]);

  const stay = () => void staying.refetch();
  const seconds = Math.max(0, Math.ceil(left / 1000));
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return (
    <Sheet
      isOpen={left <= WARN_MS && !isOver}
      onClose={stay}
      title={t("auth.idle.title")}
      text={t("auth.idle.text")}
    >
      <p role="timer" className="tabular my-4 text-center text-2xl font-semibold">
        <bdi dir="ltr">{clock}</bdi>
      </p>
      <Button isWide isBusy={staying.isFetching} onClick={stay}>
        {t("auth.idle.stay")}
      </Button>
    </Sheet>
  );
}

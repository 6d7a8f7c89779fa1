import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useMe } from "@/api/me/get-me";
import { useT } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import { holdOpen, useLine } from "@/lib/socket";
import { Spinner } from "@/ui/Spinner";
import { apply, refresh } from "./live";

const SAID_MS = 5_000;
const POLLED_MS = 60_000;
/** A sign-out here ends the socket as well, and has its own words. */
const GRACE_MS = 500;

/** Calls once the line has been other than up for that long, and gives whether it has. */
function useDownFor(ms: number): boolean {
  const { line, since } = useLine();
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    setLong(false);
    if (line === "up") return;
    const timer = setTimeout(() => setLong(true), Math.max(0, since + ms - Date.now()));
    return () => clearTimeout(timer);
  }, [line, since, ms]);
  return isLong;
}

/** Holds the socket while somebody is signed in; without it, asks now and then. */
function useLive(): void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const person = useMe().data?.id;
  useEffect(() => {
    if (person === undefined) return;
    return holdOpen({
      person,
      refresh: () => refresh(queries),
      apply: (message) => apply(queries, message, (to) => void navigate({ to })),
      over: () => setTimeout(() => useSession.getState().end("expired"), GRACE_MS),
    });
  }, [person, queries, navigate]);
  const isPolled = useDownFor(POLLED_MS);
  useEffect(() => {
    if (!isPolled) return;
    let timer: ReturnType<typeof setTimeout>;
    const ask = () => {
      void queries.invalidateQueries({ queryKey: ["balance"] });
      void queries.invalidateQueries({ queryKey: ["notifications", "unread"] });
      timer = setTimeout(ask, 15_000 + Math.random() * 10_000);
    };
    ask();
    return () => clearTimeout(timer);
  }, [isPolled, queries]);
}

/** What happens arrives here; says so when the line has been cut for a while. */
export function LiveBar() {
  const t = useT();
  useLive();
  const isTrying = useLine(({ line }) => line === "down");
  const isLong = useDownFor(SAID_MS);
  return (
    <div role="status" className="sticky top-14 z-20">
      {isTrying && isLong && (
        <p className="fade-in flex min-h-9 items-center justify-center gap-2 bg-warning-tint px-4 text-sm font-semibold text-text">
          <Spinner size={16} />
          {t("live.reconnecting")}
        </p>
      )}
    </div>
  );
}

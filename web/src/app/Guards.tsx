import { lazy, Suspense, useEffect } from "react";
import { useMe } from "@/api/me/get-me";
import { goToDoor } from "@/lib/leave";
import { useSession } from "@/lib/session";
import { hearTabs } from "@/lib/tabs";

const StepUpSheet = lazy(async () => ({
  default: (await import("@/features/auth/StepUpSheet")).StepUpSheet,
}));
const IdleSheet = lazy(async () => ({
  default: (await import("@/features/auth/IdleSheet")).IdleSheet,
}));

/** What watches while somebody is signed in: the end of the session, and what other tabs do. */
export function Guards() {
  const ended = useSession((s) => s.ended);
  const isAsked = useSession((s) => s.stepUp !== undefined);
  const id = useMe().data?.id;
  useEffect(() => {
    if (ended) goToDoor(ended, location.pathname + location.search);
  }, [ended]);
  useEffect(
    () =>
      hearTabs((news) => {
        if (news.what === "out") goToDoor("out");
        else if (news.id !== id) location.replace("/");
      }),
    [id],
  );
  useEffect(() => {
    // A page that Back brings to life again shows what it showed: it has to ask anew.
    const shown = (event: PageTransitionEvent) => event.persisted && location.reload();
    window.addEventListener("pageshow", shown);
    return () => window.removeEventListener("pageshow", shown);
  }, []);
  return (
    <Suspense fallback={null}>
      {isAsked && <StepUpSheet />}
      {!ended && <IdleSheet />}
    </Suspense>
  );
}

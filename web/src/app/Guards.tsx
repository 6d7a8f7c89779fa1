import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useSession } from "@/lib/session";
import { queries } from "./queries";

/** What watches while somebody is signed in: the end of the session leads to the sign-in page. */
export function Guards() {
  const isOver = useSession((s) => s.isOver);
  const navigate = useNavigate();
  useEffect(() => {
    if (!isOver) return;
    queries.clear();
    void navigate({ to: "/sign-in", search: { next: location.pathname + location.search } });
  }, [isOver, navigate]);
  return null;
}

import type { QueryClient } from "@tanstack/react-query";
import { redirect } from "@tanstack/react-router";
import { appQuery } from "@/api/app/get-app";
import { meQuery } from "@/api/me/get-me";
import { safeNext } from "@/lib/next";
import { isProblem } from "@/lib/problem";
import { useSession } from "@/lib/session";

/** Leads who is not signed in to the sign-in page, and from there back. */
export async function requireSession(queries: QueryClient, href: string): Promise<void> {
  // What this house is stands in the frame: known first, so that nothing shifts when it is.
  const house = queries.ensureQueryData(appQuery).catch(() => undefined);
  try {
    await queries.ensureQueryData(meQuery);
    await house;
    useSession.getState().begin();
  } catch (error) {
    if (!isProblem(error, "SIGN_IN_REQUIRED")) throw error;
    throw redirect({ to: "/sign-in", search: href === "/" ? {} : { next: href } });
  }
}

/** Leads who is signed in on, past a door that is for others. */
export async function passDoor(queries: QueryClient, onward: string | undefined): Promise<void> {
  // Whoever was just led here from inside was asked a moment ago.
  if (queries.getQueryState(meQuery.queryKey)?.status === "error") return;
  // What this house is stands in the frame: known first, so that nothing shifts when it is.
  const house = queries.ensureQueryData(appQuery).catch(() => undefined);
  try {
    await queries.ensureQueryData(meQuery);
    await house;
  } catch {
    return; // nobody, or no answer: the door itself says what is wrong
  }
  throw redirect({ href: safeNext(onward) });
}

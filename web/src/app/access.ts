import type { QueryClient } from "@tanstack/react-query";
import { redirect } from "@tanstack/react-router";
import { meQuery } from "@/api/me/get-me";
import { isProblem } from "@/lib/problem";
import { useSession } from "@/lib/session";

/** Leads who is not signed in to the sign-in page, and from there back. */
export async function requireSession(queries: QueryClient, href: string): Promise<void> {
  try {
    await queries.ensureQueryData(meQuery);
    useSession.getState().begin();
  } catch (error) {
    if (!isProblem(error, "SIGN_IN_REQUIRED")) throw error;
    throw redirect({ to: "/sign-in", search: href === "/" ? {} : { next: href } });
  }
}

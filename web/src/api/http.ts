import createClient from "openapi-fetch";
import { touched } from "@/lib/idle";
import { Problem } from "@/lib/problem";
import { useSession } from "@/lib/session";
import type { paths } from "./schema";

/** After this long without an answer a call is given up; a payment then asks what became of it. */
export const PATIENCE_MS = 10_000;
/** A file takes as long as it is. */
const FILE_PATIENCE_MS = 120_000;

/** Calls that ask for the proof themselves. */
const asksItself = /\/v1\/auth\/(step-up|recover)$/;

async function answer(request: Request): Promise<Response> {
  const isFile = new URL(request.url).pathname.endsWith("/export");
  const timeout = AbortSignal.timeout(isFile ? FILE_PATIENCE_MS : PATIENCE_MS);
  const signal = AbortSignal.any([request.signal, timeout]);
  try {
    return await fetch(request, { signal, credentials: "same-origin" });
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw Problem.noAnswer();
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => ({}));
  return new Problem(body !== null && typeof body === "object" ? { ...body } : {}, response.status);
}

/** Sends; throws a Problem unless it succeeds. Asks for a proof where one is needed, then repeats. */
async function send(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await answer(request);
  if (response.ok) {
    touched();
    return response;
  }
  const problem = await problemOf(response);
  if (problem.code === "STEP_UP_REQUIRED" && !asksItself.test(request.url)) {
    await useSession
      .getState()
      .prove()
      .catch(() => {
        throw problem;
      });
    const repeated = await answer(again);
    if (repeated.ok) return repeated;
    throw await problemOf(repeated);
  }
  if (problem.code === "SIGN_IN_REQUIRED") useSession.getState().end("expired");
  throw problem;
}

/** The API, typed by its OpenAPI document. Calls throw a Problem; wrap them in `take`. */
export const http = createClient<paths>({ baseUrl: location.origin, fetch: send });

/** Gives what a call answered. */
export async function take<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}

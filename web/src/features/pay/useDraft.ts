import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useRef } from "react";
import { PATIENCE_MS } from "@/api/http";
import { useMe } from "@/api/me/get-me";
import { type Draft, type Form, isOpen } from "@/lib/draft";
import { beginDraft, freshDraft, openDrafts, useDrafts } from "@/lib/drafts";
import { newKey } from "@/lib/keys";
import { isRunning, resume, send } from "@/lib/sending";
import { doorOf } from "./door";
import type { View } from "./form";

export type Search = Record<string, string | undefined>;

/** The search parameters of /pay: which draft, which view, and what it begins with. */
export function usePaySearch(): Search {
  return useSearch({ strict: false }) as Search;
}

/** Opens another view of a draft; `isInstead`: Back does not come here again. */
export function useGo(id: string): (view: View, isInstead?: boolean) => void {
  const navigate = useNavigate();
  return useCallback(
    (view, isInstead = false) =>
      void navigate({
        to: "/pay",
        search: { d: id, view } as never,
        replace: isInstead,
        viewTransition: false,
      }),
    [navigate, id],
  );
}

/** Begins the draft that the address names; what the address says besides is its first content. */
export function useNamedDraft(first: Partial<Form>): Draft | undefined {
  const { data: me } = useMe();
  const search = usePaySearch();
  const navigate = useNavigate();
  const owner = useDrafts((s) => s.owner);
  const draft = useDrafts((s) => s.all[search.d ?? ""]);
  const isMine = me !== undefined && owner === me.id;
  useEffect(() => {
    if (me) openDrafts(me.id);
  }, [me]);
  useEffect(() => {
    if (!isMine) return;
    if (search.d === undefined) {
      void navigate({
        to: "/pay",
        search: { ...search, d: newKey() } as never,
        replace: true,
        viewTransition: false,
      });
    } else if (draft === undefined) {
      const kind = search.kind === "request" ? "request" : "pay";
      beginDraft(search.d, first, kind);
    }
  }, [isMine, search, draft, first, navigate]);
  return isMine ? draft : undefined;
}

/**
 * Sends what is to be sent, and asks what became of what was sent before: after a reload at once,
 * and where another tab is at it only when that one has had its time.
 */
export function usePursuit(draft: Draft | undefined): () => void {
  const queries = useQueryClient();
  const id = draft?.id;
  const mayRun = draft !== undefined && isOpen(draft);
  const isFirst = useRef(true);
  const run = useCallback(
    (pursue: typeof send) => {
      const fresh = id === undefined ? undefined : freshDraft(id);
      if (fresh) void pursue(fresh.id, doorOf(fresh, queries));
    },
    [id, queries],
  );
  useEffect(() => {
    if (id === undefined) return undefined;
    const isLoaded = isFirst.current;
    isFirst.current = false;
    if (!mayRun || isRunning(id)) return undefined;
    const timer = setTimeout(run, isLoaded ? 0 : PATIENCE_MS + 2_000, resume);
    return () => clearTimeout(timer);
  }, [id, mayRun, run]);
  return useCallback(() => run(send), [run]);
}

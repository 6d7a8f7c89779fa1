import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { compareItems } from "@/api/feed/cached";
import type { FeedItem } from "@/api/feed/get-feed";

/** By place in the history: the first item that its reader has seen. */
const seen = new Map<string, FeedItem>();

/**
 * Keeps out of the list what comes while one reads it, so that nothing shifts: it shows what is
 * not newer than the first item seen. Whoever has just come sees all that the first answer brings;
 * whoever comes back by Back finds the list as it was left.
 */
export function useHeldBack(items: readonly FeedItem[], isAsking: boolean) {
  const router = useRouter();
  const [place] = useState(() => router.state.location.state.__TSR_key ?? "");
  const [head, setHead] = useState(() => seen.get(place));
  const [isOpen, setOpen] = useState(() => !seen.has(place));
  const newest = items[0];
  const isUnread = newest !== undefined && (!head || compareItems(newest, head) < 0);
  // What I have sent myself does not wait: it is what I look for.
  const mayJoin = (isOpen || newest?.direction === "out") && window.scrollY === 0;
  if (isUnread && (!head || mayJoin)) setHead(newest);
  if (isOpen && !isAsking) setOpen(false);
  useEffect(() => {
    if (head) seen.set(place, head);
  }, [head, place]);
  const shown = head ? items.filter((item) => compareItems(item, head) >= 0) : items;
  const show = () => {
    setHead(newest);
    window.scrollTo({ top: 0 });
  };
  return { shown, waiting: items.length - shown.length, place, show };
}

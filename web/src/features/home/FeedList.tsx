import { type ReactElement, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { type CacheSnapshot, WindowVirtualizer, type WindowVirtualizerHandle } from "virtua";
import type { FeedItem } from "@/api/feed/get-feed";
import { useLike } from "@/api/feed/like";
import { useMe } from "@/api/me/get-me";
import { dayName } from "@/lib/time";
import { FeedCard } from "@/ui/FeedCard";
import { CardMenu } from "./CardMenu";

type Row = { day: string; at: string } | { item: FeedItem };

function rowsOf(items: readonly FeedItem[]): Row[] {
  const rows: Row[] = [];
  let last = "";
  for (const item of items) {
    const day = new Date(item.completed_at).toDateString();
    if (day !== last) rows.push({ day, at: item.completed_at });
    last = day;
    rows.push({ item });
  }
  return rows;
}

/** About as high as a card: with it the list is drawn before it comes into view. */
const CARD_PX = 152;

/** By place in the history: how high the rows were, so that Back finds its spot again. */
const heights = new Map<string, { count: number; cache: CacheSnapshot }>();

interface Props {
  items: readonly FeedItem[];
  place: string;
  /** Called when the end comes near, again whenever there are new items and it is still near. */
  onEnd: () => void;
}

/** The items by days; only those near the window are in the page. */
export function FeedList({ items, place, onEnd }: Props) {
  const meId = useMe().data?.id;
  const like = useLike();
  const rows = useMemo(() => rowsOf(items), [items]);
  const list = useRef<WindowVirtualizerHandle>(null);
  const end = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  const [kept] = useState(() => heights.get(place));
  const count = rows.length;

  useLayoutEffect(() => {
    const handle = list.current;
    return () => {
      if (handle) heights.set(place, { count, cache: handle.cache });
    };
  }, [place, count]);
  useEffect(() => {
    const watcher = new IntersectionObserver(([entry]) => setNear(entry?.isIntersecting ?? false), {
      rootMargin: "800px",
    });
    if (end.current) watcher.observe(end.current);
    return () => watcher.disconnect();
  }, []);
  useEffect(() => {
    if (isNear) onEnd();
  }, [isNear, onEnd]);

  const show = (row: Row): ReactElement =>
    "day" in row ? (
      <h3 key={row.day} className="pt-5 pb-2 text-sm font-semibold text-muted">
        {dayName(row.at)}
      </h3>
    ) : (
      <div key={row.item.id} className="pb-3">
        <FeedCard
          item={row.item}
          meId={meId}
          onLike={(isLiked) => like.mutate({ id: row.item.id, isLiked })}
          menu={<CardMenu item={row.item} meId={meId} />}
        />
      </div>
    );
  return (
    <>
      <WindowVirtualizer
        ref={list}
        data={rows}
        bufferSize={800}
        itemSize={CARD_PX}
        as="ul"
        item="li"
        {...(kept?.count === count ? { cache: kept.cache } : {})}
      >
        {show}
      </WindowVirtualizer>
      <div ref={end} className="[overflow-anchor:none]" />
    </>
  );
}

import type { QueryClient } from "@tanstack/react-query";
import { type Balance, takeBalance } from "@/api/balance/get-balance";
import { arrive, findItem, patchItem, takeOut } from "@/api/feed/cached";
import type { FeedItem } from "@/api/feed/get-feed";
import { feedItemQuery } from "@/api/feed/get-item";
import type { components } from "@/api/schema";
import type { Message } from "@/lib/socket";
import { type Go, sayNotice, sayRequest } from "./news";

type Notice = components["schemas"]["NoticeView"];
type Request = components["schemas"]["RequestView"];
type Payment = components["schemas"]["PaymentView"];

/** What the socket keeps fresh. */
const LIVE = [
  "balance",
  "notifications",
  "requests",
  "request",
  "feed",
  "feed-item",
  "comments",
  "activity",
  "payments",
  "payment",
  "transfers",
];

/** What a notice of a kind says has changed, beside the inbox. */
const touched: Partial<Record<Notice["kind"], readonly string[]>> = {
  friend_asked: ["friends", "person"],
  friend_accepted: ["friends", "person"],
  frozen: ["me", "holds"],
  unfrozen: ["me", "holds"],
  tier_changed: ["me", "limits"],
  security: ["security-events", "sessions"],
  source_needs_repair: ["sources"],
  owed: ["balance"],
  payment_reversed: ["payment", "activity"],
  payment_held: ["payment", "activity"],
  dispute_opened: ["reports"],
  dispute_needs_you: ["reports"],
  dispute_decided: ["reports"],
};

function stale(queries: QueryClient, ...roots: readonly string[]): void {
  for (const root of roots) void queries.invalidateQueries({ queryKey: [root] });
}

/** Asks anew for everything live that is shown; settles when it is answered. */
export function refresh(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({
    predicate: ({ queryKey }) => LIVE.includes(String(queryKey[0])),
  });
}

/** Waits until nobody asks for the feed: an answer on its way would overwrite what came. */
function untilQuiet(queries: QueryClient): Promise<void> {
  return new Promise((resolve) => {
    const isQuiet = () => queries.isFetching({ queryKey: ["feed"] }) === 0;
    if (isQuiet()) return resolve();
    const leave = queries.getQueryCache().subscribe(() => {
      if (!isQuiet()) return;
      leave();
      resolve();
    });
  });
}

function setUnread(queries: QueryClient, count: unknown): void {
  queries.setQueryData(["notifications", "unread"], count);
  void queries.invalidateQueries({
    queryKey: ["notifications"],
    predicate: ({ queryKey }) => queryKey[1] !== "unread",
  });
}

async function counts(queries: QueryClient, id: string): Promise<void> {
  void queries.invalidateQueries({ queryKey: ["comments", id] });
  if (findItem(queries, id) === undefined) return;
  const item = await queries.fetchQuery({ ...feedItemQuery(id), staleTime: 0 });
  patchItem(queries, id, () => item);
}

function hear(queries: QueryClient, notice: Notice, go: Go): unknown {
  stale(queries, ...(touched[notice.kind] ?? []));
  sayNotice(notice, go);
  const isTalk = notice.kind === "liked" || notice.kind === "commented";
  return isTalk && notice.payment_id ? counts(queries, notice.payment_id) : undefined;
}

function setRequest(queries: QueryClient, request: Request): void {
  queries.setQueryData(["request", request.id], request);
  stale(queries, "requests");
}

function setPayment(queries: QueryClient, payment: Payment): void {
  queries.setQueryData(["payment", payment.id], payment);
  stale(queries, "activity", "payments");
}

/** Brings what the socket tells into what is shown; docs/api/socket.md has the types. */
export function apply(queries: QueryClient, { type, data }: Message, go: Go): unknown {
  switch (type) {
    case "payment_received":
      takeBalance(queries, data.balance as Balance);
      return setPayment(queries, data.payment as Payment);
    case "balance_updated":
      takeBalance(queries, data.balance as Balance);
      return stale(queries, "activity", "limits", "payment");
    case "payment_updated":
      void queries.invalidateQueries({ queryKey: ["payment", data.id] });
      return stale(queries, "payments", "activity", "balance");
    case "transfer_updated":
      return stale(queries, "transfers", "activity", "balance");
    case "payment_request":
      sayRequest(data.request as Request, go);
      return setRequest(queries, data.request as Request);
    case "request_updated":
      return setRequest(queries, data.request as Request);
    case "request_paid":
      void queries.invalidateQueries({ queryKey: ["request", data.request_id] });
      stale(queries, "requests");
      return setPayment(queries, data.payment as Payment);
    case "feed_item":
      return untilQuiet(queries).then(() => arrive(queries, data.item as FeedItem));
    case "feed_removed":
      void queries.invalidateQueries({ queryKey: ["feed-item", data.payment_id] });
      return untilQuiet(queries).then(() => takeOut(queries, ({ id }) => id === data.payment_id));
    case "notification":
      setUnread(queries, data.unread_count);
      return hear(queries, data.notification as Notice, go);
    case "notifications_read":
      return setUnread(queries, data.unread_count);
    case "resync":
      return stale(queries, "feed", "friends", "person", "people", "feed-item");
    default:
      return undefined;
  }
}

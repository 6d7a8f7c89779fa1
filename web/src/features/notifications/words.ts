import type { Notice } from "@/api/notifications/get-inbox";
import type { MessageId } from "@/locales/ids";

/** Kinds that say opposite things by their detail. */
const split = ["payment_reversed", "dispute_decided", "payment_released"] as const;

/** The sentence of a notice: by its kind, or by kind and detail where these differ. */
export function sentenceOf({
  kind,
  detail,
  count,
}: Pick<Notice, "kind" | "detail" | "count">): MessageId {
  if ((split as readonly string[]).includes(kind) && detail !== null) {
    return `notifications.${kind}.${detail}` as MessageId;
  }
  if (kind === "security") return `notifications.security.${detail ?? "locked"}` as MessageId;
  if ((kind === "liked" || kind === "commented") && count > 1) {
    return `notifications.many.${kind}` as MessageId;
  }
  return `notifications.kind.${kind}` as MessageId;
}

/** What stands below it, where a detail says more. */
export function detailOf({ kind, detail }: Pick<Notice, "kind" | "detail">): MessageId | undefined {
  if (kind === "payment_held" && detail !== null) {
    return `notifications.held.${detail}` as MessageId;
  }
  if (kind === "frozen" && detail !== null) return `notifications.frozen.${detail}` as MessageId;
  return undefined;
}

/** Where a notice leads. */
export function pathOf(notice: Notice): string {
  if (notice.request_id !== null) return `/requests/${notice.request_id}`;
  if (notice.payment_id !== null) return `/activity/${notice.payment_id}`;
  if (notice.deposit_id !== null) return `/wallet/transfers/${notice.deposit_id}`;
  if (notice.withdrawal_id !== null) return `/wallet/transfers/${notice.withdrawal_id}`;
  if (notice.dispute_id !== null) return `/reports/${notice.dispute_id}`;
  if (notice.source_id !== null) return `/wallet/methods/${notice.source_id}`;
  if (notice.kind === "frozen") return "/on-hold";
  if (notice.kind === "tier_changed") return "/settings/limits";
  if (notice.kind === "owed") return "/wallet";
  if (notice.actor !== null) return `/people/${notice.actor.handle}`;
  return "/settings/security";
}

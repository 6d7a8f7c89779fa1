import { toast } from "sonner";
import type { components } from "@/api/schema";
import { t } from "@/lib/i18n";
import { moneyWords } from "@/lib/money";

type Notice = components["schemas"]["NoticeView"];
type Request = components["schemas"]["RequestView"];

/** Leads to a path of the app. */
export type Go = (path: string) => void;

/** Older news is in the inbox; a toast is for what happens now. */
const NEWS_MS = 120_000;
const SHOWN_MS = 6_000;

/** What is worth a word while one looks at something else; the rest waits behind the bell. */
const told = [
  "payment_received",
  "request_paid",
  "friend_asked",
  "friend_accepted",
  "commented",
] as const;
type Kind = (typeof told)[number] | "request_received";

interface News {
  id: string;
  kind: Kind;
  name: string;
  amount: number | null;
  at: string;
  path: string;
}

function say({ id, kind, name, amount, at, path }: News, go: Go): void {
  if (Date.now() - Date.parse(at) > NEWS_MS) return;
  const words = t(`live.${kind}` as const, {
    name: `\u2068${name}\u2069`,
    amount: amount === null ? "" : moneyWords(amount),
  });
  const action = { label: t("live.see"), onClick: () => go(path) };
  toast(words, { id, duration: SHOWN_MS, action });
}

/** Says what a notice tells: "Ana sent $15.00". */
export function sayNotice({ id, kind, actor, amount, at, payment_id }: Notice, go: Go): void {
  const found = told.find((known) => known === kind);
  if (found === undefined || actor === null) return;
  const path = payment_id === null ? `/people/${actor.handle}` : `/activity/${payment_id}`;
  say({ id, kind: found, name: actor.display_name, amount, at, path }, go);
}

/** Says that somebody asks for money, unless it is a stranger: these arrive silently. */
export function sayRequest({ id, amount, requester, ...rest }: Request, go: Go): void {
  if (!rest.is_known || rest.state !== "PENDING") return;
  const name = requester.display_name;
  const at = rest.created_at;
  say({ id, kind: "request_received", name, amount, at, path: `/requests/${id}` }, go);
}

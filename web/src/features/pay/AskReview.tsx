import { useEffect } from "react";
import { type Draft, isSame } from "@/lib/draft";
import { happen } from "@/lib/drafts";
import { rich, useT } from "@/lib/i18n";
import { newKey } from "@/lib/keys";
import { moneyWords } from "@/lib/money";
import { shortDate } from "@/lib/time";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { bodyOf, EXPIRES_IN_DAYS, minorOf, type View } from "./form";
import { Act, ReviewHead } from "./ReviewParts";

interface Props {
  draft: Draft;
  go: (view: View, isInstead?: boolean) => void;
  onSend: () => void;
}

/** What will be asked of whom, before it is. */
export function AskReview({ draft, go, onSend }: Props) {
  const t = useT();
  const { id, step, seal, form } = draft;
  const body = bodyOf(draft);
  const isSealed = step === "REVIEWED" && seal !== undefined && isSame(seal.body, body);
  useEffect(() => {
    if (!isSealed) happen(id, { type: "review", body, newKey: newKey() });
  });
  const { person } = form;
  if (person === undefined) return null;
  const until = new Date(Date.now() + EXPIRES_IN_DAYS * 24 * 3600_000).toISOString();
  const values = { name: person.display_name, amount: moneyWords(minorOf(form) ?? 0) };
  const send = () => {
    onSend();
    go("result", true);
  };
  return (
    <div className="flex flex-col gap-4">
      <ReviewHead draft={draft} label={t("pay.ask.from")} />
      <Card className="flex flex-col gap-3 p-4 text-sm">
        <p>{rich("pay.ask.what", { name: <bdi>{person.display_name}</bdi> })}</p>
        <p className="text-muted">{t("pay.ask.until", { date: shortDate(until) })}</p>
      </Card>
      <Act>
        <Button isWide disabled={!isSealed} data-testid="request-submit" onClick={send}>
          {t("pay.ask.submit", values)}
        </Button>
      </Act>
    </div>
  );
}

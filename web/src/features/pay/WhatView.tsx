import { useRef, useState } from "react";
import { useBalance } from "@/api/balance/get-balance";
import { leftToSend, useLimits } from "@/api/limits/get-limits";
import { useMe } from "@/api/me/get-me";
import { useSources } from "@/api/sources/get-sources";
import type { Draft, Form, Kind } from "@/lib/draft";
import { happen } from "@/lib/drafts";
import { useT } from "@/lib/i18n";
import { moneyWords } from "@/lib/money";
import { AmountField } from "@/ui/AmountField";
import { AudiencePicker } from "@/ui/AudiencePicker";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { PersonRow } from "@/ui/PersonRow";
import { isWhole, minorOf, noteFault, type View } from "./form";
import { NoteField } from "./NoteField";

/** What is said of the amount before anything is refused: what is left, and who covers it. */
function useHint(form: Form): string | undefined {
  const t = useT();
  const { data: limits } = useLimits();
  const { data: balance } = useBalance();
  const { data: sources } = useSources();
  if (limits === undefined) return undefined;
  const minor = minorOf(form) ?? 0;
  const left = leftToSend(limits);
  if (minor > left) return t("pay.what.beyond", { amount: moneyWords(left) });
  if (balance && sources && minor > balance.available) {
    const amount = moneyWords(minor - balance.available);
    const canCover = sources.some(({ state }) => state === "VERIFIED");
    return t(canCover ? "pay.what.waterfall" : "pay.what.short", { amount });
  }
  return t("pay.what.left", { amount: moneyWords(left) });
}

interface Props {
  draft: Draft;
  go: (view: View) => void;
}

/** Amount, note, audience; and whether it is paid or asked for. */
export function WhatView({ draft, go }: Props) {
  const t = useT();
  const { data: me } = useMe();
  const { form } = draft;
  const amount = useRef<HTMLInputElement>(null);
  const note = useRef<HTMLInputElement>(null);
  const [isChecked, check] = useState(false);
  const hint = useHint(form);
  const isReady = isWhole(form);
  const edit = (change: Partial<Form>) => happen(draft.id, { type: "edit", form: change });
  const review = (kind: Kind) => {
    if (!isReady) {
      check(true);
      if (minorOf(form) === undefined) amount.current?.focus();
      else if (noteFault(form.note) !== undefined) note.current?.focus();
      return;
    }
    happen(draft.id, { type: "edit", form: {}, kind });
    go("review");
  };
  const isAsk = draft.kind === "request";
  const { person } = form;
  if (person === undefined) return null;
  return (
    <div className="flex flex-col gap-6">
      <Card className="px-4 py-1">
        <PersonRow
          person={person}
          end={
            <Button
              look="quiet"
              className="-me-3"
              aria-label={t("pay.what.changePerson", { name: person.display_name })}
              onClick={() => go("who")}
            >
              {t("pay.what.change")}
            </Button>
          }
        />
      </Card>
      <AmountField
        ref={amount}
        value={form.amount}
        onChange={(text) => edit({ amount: text })}
        isChecked={isChecked}
        hint={hint}
        autoFocus={form.amount === ""}
        onEnter={() => note.current?.focus()}
      />
      <NoteField
        ref={note}
        value={form.note}
        onChange={(text) => edit({ note: text })}
        isChecked={isChecked}
        onEnter={() => review(draft.kind)}
      />
      <AudiencePicker
        label={t("pay.what.audience")}
        value={form.audience ?? me?.default_visibility ?? "private"}
        onChange={(audience) => edit({ audience })}
      />
      <div className="grid grid-cols-2 gap-3">
        <Button
          look={isAsk ? "primary" : "secondary"}
          aria-disabled={!isReady}
          data-testid="what-request"
          onClick={() => review("request")}
        >
          {t("pay.what.request")}
        </Button>
        <Button
          look={isAsk ? "secondary" : "primary"}
          aria-disabled={!isReady}
          data-testid="what-pay"
          onClick={() => review("pay")}
        >
          {t("pay.what.pay")}
        </Button>
      </div>
    </div>
  );
}

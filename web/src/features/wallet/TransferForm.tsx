import { Link } from "@tanstack/react-router";
import { Landmark } from "lucide-react";
import { useState } from "react";
import { useBalance } from "@/api/balance/get-balance";
import type { Source } from "@/api/sources/get-sources";
import { type Speed, useQuote, type Wanted } from "@/api/transfers/quote-transfer";
import { amountText, parseAmount, TRANSFER_MAX } from "@/lib/amount";
import { locale, useT } from "@/lib/i18n";
import { moneyWords } from "@/lib/money";
import { useSettled } from "@/lib/wait";
import { AmountField } from "@/ui/AmountField";
import { Button, buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { EmptyState } from "@/ui/EmptyState";
import { QuoteNote } from "./QuoteNote";
import { RepairButton } from "./RepairButton";
import { SourcePicker } from "./SourcePicker";
import { SpeedPicker } from "./SpeedPicker";

interface Props {
  kind: Wanted["kind"];
  sources: readonly Source[];
  start: Wanted | undefined;
  onReview: (wanted: Wanted) => void;
}

/** Nothing can do it: what is missing, and how to get it. */
function NoSource({ kind, sources }: Pick<Props, "kind" | "sources">) {
  const t = useT();
  const live = sources.filter((source) => source.kind === "bank" && source.state !== "REMOVED");
  const needs = live.find((source) => source.needs !== null);
  const broken = live.find((source) => source.needs === "repair" || source.needs === "code");
  return (
    <Card>
      <EmptyState
        icon={<Landmark size={28} aria-hidden="true" />}
        title={t(needs ? "wallet.nosource.wait" : "wallet.nosource.title")}
        text={t(needs?.needs ? `wallet.needs.${needs.needs}` : `wallet.nosource.${kind}`)}
      >
        {broken ? (
          <RepairButton source={broken} />
        ) : needs?.needs === "amounts" ? (
          <Link to="/wallet/methods/$id" params={{ id: needs.id }} className={buttonClass()}>
            {t("wallet.amounts.enter")}
          </Link>
        ) : (
          <Link to="/wallet/add" className={buttonClass()}>
            {t("wallet.link")}
          </Link>
        )}
      </EmptyState>
    </Card>
  );
}

/** From or to which bank, how much, how fast; with what it costs and when it is there. */
export function TransferForm({ kind, sources, start, onReview }: Props) {
  const t = useT();
  const { data: balance } = useBalance();
  const able = sources.filter((s) => (kind === "deposit" ? s.can_deposit : s.can_withdraw));
  const first = able.find((source) => source.is_default) ?? able[0];
  const [chosen, setChosen] = useState(start?.source);
  const [text, setText] = useState(start ? amountText(start.minor, locale()) : "");
  const [speed, setSpeed] = useState<Speed>(start?.speed ?? "standard");
  const source = able.find((one) => one.id === chosen) ?? first;
  const { minor } = parseAmount(text, locale(), TRANSFER_MAX);
  const settled = useSettled(minor);
  const isSettled = settled === minor;
  const isInstant = speed === "instant" && source?.instant === true;
  const wanted = (how: Speed): Wanted | undefined =>
    source && settled ? { kind, source: source.id, minor: settled, speed: how } : undefined;
  const standard = useQuote(wanted("standard"));
  const instant = useQuote(
    kind === "withdrawal" && source?.instant ? wanted("instant") : undefined,
  );
  if (!source) return <NoSource kind={kind} sources={sources} />;

  const quote = isInstant ? instant : standard;
  const next = minor === undefined ? undefined : wanted(isInstant ? "instant" : "standard");
  const isReady = next !== undefined && isSettled && quote.isSuccess && !quote.isPlaceholderData;
  const review = () => next && isReady && onReview(next);
  const most = kind === "withdrawal" ? balance?.available : undefined;
  return (
    <form
      className="flex flex-col gap-6"
      onSubmit={(event) => {
        event.preventDefault();
        review();
      }}
    >
      <AmountField
        value={text}
        onChange={setText}
        max={TRANSFER_MAX}
        autoFocus={!start}
        onEnter={review}
        hint={most === undefined ? undefined : t("wallet.move.have", { amount: moneyWords(most) })}
      />
      {most !== undefined && most > 0 && (
        <Button
          look="quiet"
          className="-mt-5 self-center"
          onClick={() => setText(amountText(most, locale()))}
        >
          {t("wallet.move.all")}
        </Button>
      )}
      <SourcePicker
        label={t(kind === "deposit" ? "wallet.move.from" : "wallet.move.to")}
        sources={able}
        value={source.id}
        onChange={setChosen}
      />
      {kind === "withdrawal" && (
        <SpeedPicker
          value={isInstant ? "instant" : "standard"}
          onChange={setSpeed}
          isInstantAble={source.instant}
          standard={minor === undefined ? undefined : standard.data}
          instant={minor === undefined ? undefined : instant.data}
        />
      )}
      <QuoteNote
        kind={kind}
        quote={minor === undefined ? undefined : quote.data}
        error={minor === undefined ? null : quote.error}
      />
      <Button type="submit" isWide disabled={!isReady}>
        {t("ui.continue")}
      </Button>
    </form>
  );
}

import { useEffect, useRef } from "react";
import type { Source } from "@/api/sources/get-sources";
import { useQuote, type Wanted } from "@/api/transfers/quote-transfer";
import { useT } from "@/lib/i18n";
import { formatMoney, moneyWords } from "@/lib/money";
import { shortDate } from "@/lib/time";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { MoneyText } from "@/ui/MoneyText";
import { Skeleton } from "@/ui/Skeleton";
import { Facts } from "./Facts";
import { QuoteNote } from "./QuoteNote";

interface Props {
  wanted: Wanted;
  source: Source | undefined;
  isBusy: boolean;
  error: unknown;
  onConfirm: () => void;
}

/** All that will happen, before it does. */
export function TransferReview({ wanted, source, isBusy, error, onConfirm }: Props) {
  const t = useT();
  const { data: quote, error: refused } = useQuote(wanted);
  const isOut = wanted.kind === "withdrawal";
  const wrong = error ?? refused;
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => summary.current?.focus(), []);
  return (
    <div className="flex flex-col gap-6">
      <div ref={summary} tabIndex={-1} className="py-4 text-center outline-none">
        <p className="text-sm text-muted">{t(isOut ? "wallet.get" : "wallet.adding")}</p>
        <p className="text-2xl font-semibold sm:text-3xl">
          {quote ? (
            <MoneyText minor={quote.net} currency={quote.currency} />
          ) : (
            !wrong && <Skeleton className="mx-auto h-13 w-44" />
          )}
        </p>
      </div>
      {quote && (
        <Card>
          <Facts
            facts={[
              { term: t(isOut ? "wallet.move.to" : "wallet.move.from"), text: source?.label ?? "" },
              { term: t("wallet.amount"), text: formatMoney(quote.amount) },
              {
                term: t("wallet.fee"),
                text: quote.fee === 0 ? t("wallet.fee.none") : formatMoney(-quote.fee),
              },
              ...(isOut ? [{ term: t("wallet.get"), text: formatMoney(quote.net) }] : []),
              {
                term: t("wallet.arrives"),
                text:
                  wanted.speed === "instant"
                    ? t("wallet.arrives.minutes")
                    : shortDate(quote.expected_on),
              },
            ]}
          />
        </Card>
      )}
      {(wrong !== undefined && wrong !== null) || quote?.not_before ? (
        <QuoteNote kind={wanted.kind} quote={quote} error={wrong} />
      ) : null}
      <Button
        isWide
        isBusy={isBusy}
        disabled={!quote || refused !== null}
        onClick={onConfirm}
        data-testid="transfer-submit"
      >
        {t(`wallet.confirm.${wanted.kind}`, { amount: moneyWords(wanted.minor) })}
      </Button>
    </div>
  );
}

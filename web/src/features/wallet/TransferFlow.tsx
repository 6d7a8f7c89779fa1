import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMe } from "@/api/me/get-me";
import { useSources } from "@/api/sources/get-sources";
import type { Wanted } from "@/api/transfers/quote-transfer";
import { useT } from "@/lib/i18n";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Page } from "@/ui/Page";
import { Skeleton } from "@/ui/Skeleton";
import { TransferForm } from "./TransferForm";
import { TransferReview } from "./TransferReview";
import { Unsure } from "./Unsure";
import { useSend } from "./use-send";

type Kind = Wanted["kind"];

/** What stands to be confirmed, as the address says it. */
function reviewed(kind: Kind, search: Record<string, string | undefined>): Wanted | undefined {
  const { view, source, amount = "", speed } = search;
  if (view !== "review" || !source || !/^[1-9]\d{0,7}$/.test(amount)) return undefined;
  const isInstant = kind === "withdrawal" && speed === "instant";
  return { kind, source, minor: Number(amount), speed: isInstant ? "instant" : "standard" };
}

function Flow({ kind, person }: { kind: Kind; person: string }) {
  const t = useT();
  const navigate = useNavigate();
  const search: Record<string, string | undefined> = useSearch({ strict: false });
  const { data: sources, error, refetch } = useSources();
  const to = kind === "deposit" ? "/wallet/deposit" : "/wallet/withdraw";
  const { state, send, finish } = useSend(`${person}.${kind}`, ({ id }) => {
    void navigate({
      to: "/wallet/transfers/$id",
      params: { id },
      search: { sent: "1" },
      replace: true,
    });
  });
  const wanted = reviewed(kind, search);
  const of = (id: string) => sources?.find((source) => source.id === id);
  const review = (next: Wanted) =>
    void navigate({
      to,
      search: {
        view: "review",
        source: next.source,
        amount: String(next.minor),
        speed: next.speed,
      },
    });
  const isReview = wanted !== undefined && of(wanted.source) !== undefined;
  const plain = kind === "deposit" ? "wallet.deposit" : "wallet.withdraw";
  const title = t(isReview ? `wallet.review.${kind}` : plain);
  return (
    <Page title={title} back="/wallet">
      {error && !sources && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {!sources && !error && <Skeleton className="h-80" />}
      {sources && state.name === "unsure" && (
        <Unsure
          wanted={state.attempt.body}
          source={of(state.attempt.body.source)}
          isTrying={state.isTrying}
          onTry={finish}
        />
      )}
      {sources && state.name !== "unsure" && (
        <>
          {state.name === "ready" && state.error !== undefined && !isReview && (
            <div className="mb-4">
              <ErrorPanel error={state.error} />
            </div>
          )}
          {/* Kept while its review is shown, so that Back finds it as it was. */}
          <div hidden={isReview}>
            <TransferForm kind={kind} sources={sources} start={wanted} onReview={review} />
          </div>
          {wanted && isReview && (
            <TransferReview
              wanted={wanted}
              source={of(wanted.source)}
              isBusy={state.name === "sending"}
              error={state.name === "ready" ? state.error : undefined}
              onConfirm={() => send(wanted)}
            />
          )}
        </>
      )}
    </Page>
  );
}

/** A deposit or a withdrawal: amount, review, and from there to its course. */
export function TransferFlow({ kind }: { kind: Kind }) {
  const { data: me } = useMe();
  return me ? <Flow kind={kind} person={me.id} /> : null;
}

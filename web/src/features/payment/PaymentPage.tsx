import { Link, Navigate, useParams } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { useFeedItem } from "@/api/feed/get-item";
import { usePayment } from "@/api/payments/get-payment";
import { useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { buttonClass } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Page } from "@/ui/Page";
import { Mine } from "./Mine";
import { Seen } from "./Seen";
import { Shape } from "./Shape";

/** A payment: all of it for its two people, what they show of it for everybody else. */
export function PaymentPage() {
  const t = useT();
  const { id = "" } = useParams({ strict: false });
  if (/^(dep|wd)_/.test(id)) {
    return <Navigate to="/wallet/transfers/$id" params={{ id }} replace />;
  }
  return (
    <Page title={t("payment.title")} back="/activity">
      <Payment key={id} id={id} />
    </Page>
  );
}

function Payment({ id }: { id: string }) {
  const mine = usePayment(id);
  const seen = useFeedItem(id);
  // Only what may still be seen is shown: an answer of before is none.
  const isNotMine = isProblem(mine.error, "NOT_FOUND");
  const isUnseen = isProblem(seen.error, "NOT_FOUND");
  const item = isUnseen ? undefined : seen.data;
  if (mine.data && !isNotMine) return <Mine payment={mine.data} item={item} />;
  if (mine.isPending) return <Shape />;
  if (!isNotMine) return <ErrorPanel error={mine.error} onRetry={() => void mine.refetch()} />;
  if (item) return <Seen item={item} />;
  if (seen.isPending) return <Shape />;
  if (!isUnseen) return <ErrorPanel error={seen.error} onRetry={() => void seen.refetch()} />;
  return <NotThere />;
}

function NotThere() {
  const t = useT();
  return (
    <EmptyState
      icon={<SearchX size={28} aria-hidden="true" />}
      title={t("payment.absent.title")}
      text={t("payment.absent.text")}
    >
      <Link to="/" className={buttonClass()}>
        {t("app.missing.home")}
      </Link>
    </EmptyState>
  );
}

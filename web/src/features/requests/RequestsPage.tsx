import { Link, useSearch } from "@tanstack/react-router";
import { HandCoins } from "lucide-react";
import { useMe } from "@/api/me/get-me";
import { type Box, useBox } from "@/api/requests/get-box";
import { useT } from "@/lib/i18n";
import { buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { ListEnd } from "@/ui/ListEnd";
import { Notice } from "@/ui/Notice";
import { Page } from "@/ui/Page";
import { SkeletonRows } from "@/ui/Skeleton";
import { Tabs } from "@/ui/Tabs";
import { RequestRow } from "./RequestRow";
import type { MoneyRequest } from "./state";

const boxes: readonly Box[] = ["to_pay", "waiting", "done"];

function List({ requests, meId }: { requests: readonly MoneyRequest[]; meId: string | undefined }) {
  return (
    <Card className="overflow-hidden">
      <ul className="divide-y divide-line">
        {requests.map((request) => (
          <RequestRow key={request.id} request={request} isMine={request.requester.id === meId} />
        ))}
      </ul>
    </Card>
  );
}

function Items({ box }: { box: Box }) {
  const t = useT();
  const { data: me } = useMe();
  const found = useBox(box);
  if (found.isPending) return <SkeletonRows label={t("ui.loading")} />;
  if (found.data === undefined) {
    return <ErrorPanel error={found.error} onRetry={() => void found.refetch()} />;
  }
  const all = found.data.pages.flatMap((page) => page.items);
  const strangers = box === "to_pay" ? all.filter((request) => !request.is_known) : [];
  const known = all.filter((request) => !strangers.includes(request));
  if (all.length === 0) {
    return (
      <EmptyState
        icon={<HandCoins size={28} aria-hidden="true" />}
        title={t(`requests.empty.${box}` as const)}
        text={t("requests.empty.text")}
      >
        <Link to="/pay" search={{ kind: "request" }} className={buttonClass("secondary")}>
          {t("requests.new")}
        </Link>
      </EmptyState>
    );
  }
  return (
    <>
      {known.length > 0 && <List requests={known} meId={me?.id} />}
      {strangers.length > 0 && (
        <section aria-labelledby="strangers" className="mt-6">
          <h2 id="strangers" className="mb-2 text-sm font-semibold text-muted">
            {t("requests.strangers")}
          </h2>
          <div className="mb-2">
            <Notice tone="warning">{t("requests.caution")}</Notice>
          </div>
          <List requests={strangers} meId={me?.id} />
        </section>
      )}
      <ListEnd list={found} />
    </>
  );
}

/** What I am to pay, what I wait for, and what is over. */
export function RequestsPage() {
  const t = useT();
  const search = useSearch({ strict: false }) as { box?: string };
  const box = boxes.find((name) => name === search.box) ?? "to_pay";
  const count = useBox("to_pay").data?.pages[0]?.to_pay_count ?? 0;
  return (
    <Page
      title={t("requests.title")}
      end={
        <Link to="/pay" search={{ kind: "request" }} className={buttonClass("secondary")}>
          {t("requests.new")}
        </Link>
      }
    >
      <Tabs
        label={t("requests.title")}
        tabs={boxes.map((name) => ({
          label: t(`requests.box.${name}` as const),
          search: name === "to_pay" ? {} : { box: name },
          isActive: name === box,
          ...(name === "to_pay" ? { count } : {}),
        }))}
      />
      <div className="mt-3">
        <Items key={box} box={box} />
      </div>
    </Page>
  );
}

import { Link, useSearch } from "@tanstack/react-router";
import { ChevronRight, CreditCard, Hash, Landmark } from "lucide-react";
import type { ComponentType } from "react";
import { useStartBank } from "@/api/sources/start-bank";
import { useStartCard } from "@/api/sources/start-card";
import { useT } from "@/lib/i18n";
import { Card } from "@/ui/Card";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Page } from "@/ui/Page";
import { Spinner } from "@/ui/Spinner";
import { NumbersForm } from "./NumbersForm";
import { VisitResult } from "./VisitResult";
import { goTo, returnPath } from "./visit";

interface ChoiceProps {
  Icon: ComponentType<{ size: number }>;
  title: string;
  text: string;
  isBusy?: boolean;
}

function Choice({ Icon, title, text, isBusy = false }: ChoiceProps) {
  return (
    <span className="flex min-h-18 items-center gap-4 px-4 py-3 text-start">
      <span
        aria-hidden="true"
        className="inline-flex size-11 shrink-0 items-center justify-center rounded-full bg-tint text-primary"
      >
        {isBusy ? <Spinner size={20} /> : <Icon size={20} />}
      </span>
      <span className="min-w-0 flex-1">
        <span className="block font-semibold">{title}</span>
        <span className="block text-sm text-muted">{text}</span>
      </span>
      <ChevronRight size={20} aria-hidden="true" className="shrink-0 text-muted rtl:rotate-180" />
    </span>
  );
}

const row = "block w-full -outline-offset-2 hover:bg-sunk disabled:opacity-60";

/** The three ways to link something. Two lead to a page of the provider, and back to `?back=`. */
function Choices() {
  const t = useT();
  const bank = useStartBank();
  const card = useStartCard();
  const isLeaving = bank.isPending || bank.isSuccess || card.isPending || card.isSuccess;
  const openBank = () =>
    bank.mutate(
      { returnPath: returnPath("bank") },
      { onSuccess: (page) => goTo(page.url, { kind: "bank", session: page.link_session_id }) },
    );
  const openCard = () =>
    card.mutate(returnPath("card"), {
      onSuccess: (page) => goTo(page.url, { kind: "card", session: page.setup_session_id }),
    });
  const error = bank.error ?? card.error;
  return (
    <>
      <p className="mb-4 text-muted">{t("wallet.add.text")}</p>
      {error && (
        <div className="mb-4">
          <ErrorPanel error={error} onRetry={bank.error ? openBank : openCard} />
        </div>
      )}
      <Card className="overflow-hidden">
        <ul className="divide-y divide-line">
          <li>
            <button type="button" className={row} disabled={isLeaving} onClick={openBank}>
              <Choice
                Icon={Landmark}
                title={t("wallet.add.bank")}
                text={t("wallet.add.bank.text")}
                isBusy={bank.isPending || bank.isSuccess}
              />
            </button>
          </li>
          <li>
            <Link to="/wallet/add" search={{ view: "numbers" }} className={row}>
              <Choice
                Icon={Hash}
                title={t("wallet.add.numbers")}
                text={t("wallet.add.numbers.text")}
              />
            </Link>
          </li>
          <li>
            <button type="button" className={row} disabled={isLeaving} onClick={openCard}>
              <Choice
                Icon={CreditCard}
                title={t("wallet.add.card")}
                text={t("wallet.add.card.text")}
                isBusy={card.isPending || card.isSuccess}
              />
            </button>
          </li>
        </ul>
      </Card>
      <p className="mt-4 text-sm text-muted">{t("wallet.add.safe")}</p>
      <p className="mt-2 text-sm text-muted">{t("wallet.consent")}</p>
    </>
  );
}

/** Links a bank or a card. */
export function AddSourcePage() {
  const t = useT();
  const search: Record<string, string | undefined> = useSearch({ strict: false });
  if (search.back !== undefined) return <VisitResult kind={search.back} />;
  const isTyping = search.view === "numbers";
  return (
    <Page title={t(isTyping ? "wallet.add.numbers" : "wallet.add.title")} back="/wallet">
      {isTyping ? <NumbersForm /> : <Choices />}
    </Page>
  );
}

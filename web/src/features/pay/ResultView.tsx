import { Link, useNavigate } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useRequest } from "@/api/requests/get-request";
import type { Draft } from "@/lib/draft";
import { rich, useT } from "@/lib/i18n";
import { newKey } from "@/lib/keys";
import { Problem } from "@/lib/problem";
import { Button, buttonClass } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { MoneyText } from "@/ui/MoneyText";
import { Notice } from "@/ui/Notice";
import { Spinner } from "@/ui/Spinner";
import { minorOf, type View } from "./form";
import { Outcome } from "./Outcome";
import { Refusal } from "./Refusal";
import { Said } from "./Said";

const QUICK_MS = 300;

interface Props {
  draft: Draft;
  go: (view: View, isInstead?: boolean) => void;
}

/**
 * What became of it. Whatever it is, one may leave and come back. One box from beginning to end:
 * what appears in it is read out.
 */
export function ResultView({ draft, go }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} tabIndex={-1} role="status" aria-atomic="false" className="outline-none">
      <Result draft={draft} go={go} />
    </div>
  );
}

function Result({ draft, go }: Props) {
  const t = useT();
  switch (draft.step) {
    case "SENDING":
      return <Sending draft={draft} />;
    case "CHECKING":
      return <Checking draft={draft} />;
    case "REFUSED":
      return (
        <Ended draft={draft} go={go}>
          <Refusal error={problemOf(draft)} draft={draft} go={go} />
        </Ended>
      );
    case "UNSENT":
      return (
        <Ended draft={draft} go={go}>
          <Notice tone="warning" title={t("pay.unsent.title")}>
            <p>{t("pay.unsent.text")}</p>
            <Button look="secondary" className="mt-3" onClick={() => go("review", true)}>
              {t("pay.way.review")}
            </Button>
          </Notice>
        </Ended>
      );
    default:
      return draft.kind === "request" ? <Asked draft={draft} /> : <Paid draft={draft} />;
  }
}

function problemOf({ why }: Draft): Problem {
  return new Problem(why?.body ?? {}, why?.status ?? 0);
}

function Sending({ draft }: { draft: Draft }) {
  const t = useT();
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), QUICK_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="flex min-h-72 flex-col items-center justify-center gap-4">
      {isSlow && (
        <>
          <Spinner size={36} />
          <p className="font-semibold">
            {t(draft.kind === "request" ? "pay.asking" : "pay.sending")}
          </p>
        </>
      )}
    </div>
  );
}

function Checking({ draft }: { draft: Draft }) {
  const t = useT();
  const isAsk = draft.kind === "request";
  return (
    <div className="flex min-h-72 flex-col items-center justify-center gap-4 text-center">
      <Spinner size={36} />
      <div className="max-w-96">
        <p className="text-lg font-semibold">{t("pay.checking.title")}</p>
        <p className="mt-1 text-sm text-muted">
          {t(isAsk ? "pay.checking.ask" : "pay.checking.text")}
        </p>
      </div>
      <Link to="/" className={buttonClass("quiet")}>
        {t("app.missing.home")}
      </Link>
    </div>
  );
}

/** Above what was refused: whom and how much, so that nobody has to remember. */
function Ended({ draft, go, children }: Props & { children: ReactNode }) {
  const t = useT();
  const { person, requestId } = draft.form;
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-col items-center gap-1 pt-2 text-center">
        <MoneyText
          minor={minorOf(draft.form) ?? 0}
          className="text-2xl font-semibold tracking-tight"
        />
        <p className="text-muted">
          {rich("pay.ended.to", { name: <bdi>{person?.display_name}</bdi> })}
        </p>
      </div>
      {children}
      <div className="flex flex-wrap justify-center gap-2">
        <Link to="/" className={buttonClass("quiet")}>
          {t("ui.done")}
        </Link>
        {requestId === undefined && (
          <Button look="quiet" onClick={() => go("what", true)}>
            {t("pay.way.change")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** A new draft, which knows nothing of this one. */
function useAnother(): (kind: string) => void {
  const navigate = useNavigate();
  return (kind) =>
    void navigate({
      to: "/pay",
      search: { d: newKey(), ...(kind === "request" ? { kind } : {}) } as never,
    });
}

function Paid({ draft }: { draft: Draft }) {
  const another = useAnother();
  const { done } = draft;
  if (done === undefined) return null;
  return (
    <Outcome id={done.id} isReplayed={done.isReplayed} onAnother={() => another(draft.kind)} />
  );
}

function Asked({ draft }: { draft: Draft }) {
  const t = useT();
  const another = useAnother();
  const { data, error, refetch } = useRequest(draft.done?.id);
  if (data === undefined) {
    if (error) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
    return <Sending draft={draft} />;
  }
  return (
    <Said
      icon={<CircleCheck size={56} aria-hidden="true" className="pop text-money-in" />}
      title={rich("pay.asked.title", {
        amount: <MoneyText minor={data.amount} />,
        name: <bdi>{data.requestee.display_name}</bdi>,
      })}
      text={t(draft.done?.isReplayed ? "pay.asked.replayed" : "pay.asked.text")}
    >
      <Link to="/" className={buttonClass()}>
        {t("ui.done")}
      </Link>
      <Link to="/requests/$id" params={{ id: data.id }} className={buttonClass("secondary")}>
        {t("pay.asked.look")}
      </Link>
      <Button look="quiet" data-testid="request-another" onClick={() => another("request")}>
        {t("pay.asked.another")}
      </Button>
    </Said>
  );
}

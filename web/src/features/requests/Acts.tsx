import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { toast } from "sonner";
import { type Act, useActOnRequest } from "@/api/requests/act-on-request";
import { useT } from "@/lib/i18n";
import { shortDate } from "@/lib/time";
import { Button, buttonClass } from "@/ui/Button";
import { ConfirmSheet } from "@/ui/ConfirmSheet";
import { ErrorPanel } from "@/ui/ErrorPanel";
import type { MoneyRequest } from "./state";

/** What may be done with a request now, as the server says. A closed one offers nothing. */
export function Acts({ request, isWide = false }: { request: MoneyRequest; isWide?: boolean }) {
  const t = useT();
  const [asked, setAsked] = useState<"decline" | "cancel">();
  const act = useActOnRequest(request.id);
  const { can } = request;
  const close = () => {
    setAsked(undefined);
    act.reset();
  };
  const run = (name: Act) =>
    act.mutate(name, {
      onSuccess: () => {
        close();
        toast(t(`requests.did.${name}` as const));
      },
    });
  const waits = request.remind_from !== null && request.reminders_left > 0 && can.cancel;
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {can.pay && (
          <Link
            to="/pay"
            search={{ request: request.id }}
            data-testid={`request-accept-${request.id}`}
            className={buttonClass("primary", isWide)}
          >
            {t("requests.pay")}
          </Link>
        )}
        {can.decline && (
          <Button
            look="secondary"
            isWide={isWide}
            data-testid={`request-decline-${request.id}`}
            onClick={() => setAsked("decline")}
          >
            {t("requests.decline")}
          </Button>
        )}
        {can.remind && (
          <Button
            look="secondary"
            isWide={isWide}
            isBusy={act.isPending && act.variables === "remind"}
            onClick={() => run("remind")}
          >
            {t("requests.remind")}
          </Button>
        )}
        {can.cancel && (
          <Button look="secondary" isWide={isWide} onClick={() => setAsked("cancel")}>
            {t("requests.cancel")}
          </Button>
        )}
      </div>
      {waits && !can.remind && request.remind_from && (
        <p className="mt-2 text-sm text-muted">
          {t("requests.remindFrom", { date: shortDate(request.remind_from) })}
        </p>
      )}
      {act.error && asked === undefined && (
        <div className="mt-3">
          <ErrorPanel error={act.error} />
        </div>
      )}
      <ConfirmSheet
        isOpen={asked !== undefined}
        onClose={close}
        title={t(`requests.ask.${asked ?? "decline"}.title` as const)}
        text={t(`requests.ask.${asked ?? "decline"}.text` as const)}
        act={t(`requests.${asked ?? "decline"}` as const)}
        isBusy={act.isPending}
        error={asked === undefined ? undefined : act.error}
        onDo={() => asked && run(asked)}
      />
    </>
  );
}

import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { toast } from "sonner";
import type { Source } from "@/api/sources/get-sources";
import { useRemoveSource } from "@/api/sources/remove-source";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Sheet } from "@/ui/Sheet";

/** Takes a bank or card out of the wallet, after a question. */
export function RemoveSource({ source }: { source: Source }) {
  const t = useT();
  const navigate = useNavigate();
  const [isAsked, setAsked] = useState(false);
  const remove = useRemoveSource(source.id);
  const removed = () => {
    toast(t("wallet.remove.done", { name: source.label }));
    void navigate({ to: "/wallet", replace: true });
  };
  return (
    <>
      <Button look="danger" isWide onClick={() => setAsked(true)}>
        {t("wallet.remove")}
      </Button>
      <Sheet
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title={t("wallet.remove.ask", { name: source.label })}
        text={t("wallet.remove.text")}
      >
        {remove.error && <ErrorPanel error={remove.error} />}
        <div className="mt-4 flex flex-col gap-3">
          <Button
            look="danger"
            isWide
            isBusy={remove.isPending}
            onClick={() => remove.mutate(undefined, { onSuccess: removed })}
            data-testid="source-remove"
          >
            {t("wallet.remove.yes")}
          </Button>
          <Button look="quiet" isWide onClick={() => setAsked(false)}>
            {t("wallet.remove.keep")}
          </Button>
        </div>
      </Sheet>
    </>
  );
}

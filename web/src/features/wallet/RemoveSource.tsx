import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { toast } from "sonner";
import type { Source } from "@/api/sources/get-sources";
import { useRemoveSource } from "@/api/sources/remove-source";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { ConfirmSheet } from "@/ui/ConfirmSheet";

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
      <ConfirmSheet
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title={t("wallet.remove.ask", { name: source.label })}
        text={t("wallet.remove.text")}
        act={t("wallet.remove.yes")}
        keep={t("wallet.remove.keep")}
        testId="source-remove"
        isBusy={remove.isPending}
        error={remove.error}
        onDo={() => remove.mutate(undefined, { onSuccess: removed })}
      />
    </>
  );
}

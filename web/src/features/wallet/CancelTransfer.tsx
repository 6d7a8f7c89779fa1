import { useState } from "react";
import { useCancelTransfer } from "@/api/transfers/cancel-transfer";
import type { Transfer } from "@/api/transfers/get-transfers";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Sheet } from "@/ui/Sheet";

/** Takes a transfer back, after a question. */
export function CancelTransfer({ transfer }: { transfer: Transfer }) {
  const t = useT();
  const [isAsked, setAsked] = useState(false);
  const cancel = useCancelTransfer();
  return (
    <>
      <Button look="danger" isWide onClick={() => setAsked(true)}>
        {t(`wallet.cancel.${transfer.kind}`)}
      </Button>
      <Sheet
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title={t(`wallet.cancel.${transfer.kind}.ask`)}
        text={t("wallet.cancel.text")}
      >
        {cancel.error && <ErrorPanel error={cancel.error} />}
        <div className="mt-4 flex flex-col gap-3">
          <Button
            look="danger"
            isWide
            isBusy={cancel.isPending}
            onClick={() => cancel.mutate(transfer, { onSuccess: () => setAsked(false) })}
            data-testid="transfer-cancel"
          >
            {t(`wallet.cancel.${transfer.kind}`)}
          </Button>
          <Button look="quiet" isWide onClick={() => setAsked(false)}>
            {t("wallet.cancel.keep")}
          </Button>
        </div>
      </Sheet>
    </>
  );
}

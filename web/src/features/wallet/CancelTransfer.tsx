import { useState } from "react";
import { useCancelTransfer } from "@/api/transfers/cancel-transfer";
import type { Transfer } from "@/api/transfers/get-transfers";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { ConfirmSheet } from "@/ui/ConfirmSheet";

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
      <ConfirmSheet
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title={t(`wallet.cancel.${transfer.kind}.ask`)}
        text={t("wallet.cancel.text")}
        act={t(`wallet.cancel.${transfer.kind}`)}
        keep={t("wallet.cancel.keep")}
        testId="transfer-cancel"
        isBusy={cancel.isPending}
        error={cancel.error}
        onDo={() => cancel.mutate(transfer, { onSuccess: () => setAsked(false) })}
      />
    </>
  );
}

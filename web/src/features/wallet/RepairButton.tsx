import type { Source } from "@/api/sources/get-sources";
import { useStartBank } from "@/api/sources/start-bank";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { goTo, returnPath } from "./visit";

/** Leads to the bank's page, where its person signs in again or types the code of a deposit. */
export function RepairButton({ source }: { source: Source }) {
  const t = useT();
  const start = useStartBank();
  const open = () =>
    start.mutate(
      { returnPath: returnPath("bank"), repairs: source.id },
      { onSuccess: (page) => goTo(page.url, { kind: "bank", session: page.link_session_id }) },
    );
  return (
    <>
      <Button
        look="secondary"
        isBusy={start.isPending || start.isSuccess}
        onClick={open}
        data-testid={`source-repair-${source.id}`}
      >
        {t(source.needs === "code" ? "wallet.source.code" : "wallet.source.mend")}
      </Button>
      {start.error && (
        <div className="mt-2 w-full">
          <ErrorPanel error={start.error} />
        </div>
      )}
    </>
  );
}

import { useRouter } from "@tanstack/react-router";
import { useT } from "@/lib/i18n";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Page } from "@/ui/Page";

/** What stands where a page could not be shown. */
export function Failure({ error, reset }: { error: unknown; reset: () => void }) {
  const t = useT();
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Page title={t("app.failed")}>
      <ErrorPanel error={error} onRetry={again} />
    </Page>
  );
}

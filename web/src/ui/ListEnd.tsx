import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { useT } from "@/lib/i18n";
import { Button } from "./Button";
import { ErrorPanel } from "./ErrorPanel";

interface Props {
  list: Pick<
    UseInfiniteQueryResult,
    "error" | "hasNextPage" | "isFetchNextPageError" | "isFetchingNextPage" | "fetchNextPage"
  >;
}

/** Below a list: the way to more of it, why there is no more just now, or its end. */
export function ListEnd({ list }: Props) {
  const t = useT();
  return (
    <div className="mt-4 flex flex-col items-center gap-3 text-sm text-muted">
      {list.isFetchNextPageError && <ErrorPanel error={list.error} />}
      {list.hasNextPage ? (
        <Button
          look="secondary"
          isBusy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t("ui.more")}
        </Button>
      ) : (
        t("ui.end")
      )}
    </div>
  );
}

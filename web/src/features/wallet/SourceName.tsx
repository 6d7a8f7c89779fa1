import type { Source } from "@/api/sources/get-sources";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { useSourceDetail } from "./source-detail";

/** A bank or card by name, what it is, and whether it is used where none is named. */
export function SourceName({ source }: { source: Source }) {
  const t = useT();
  const detail = useSourceDetail();
  return (
    <span className="min-w-0 flex-1">
      <span
        className={cx(
          "block font-semibold break-words",
          source.state === "REMOVED" && "text-muted",
        )}
      >
        <bdi>{source.label}</bdi>
      </span>
      <span className="block text-sm text-muted">
        {detail(source)}
        {source.is_default && ` · ${t("wallet.source.default")}`}
      </span>
    </span>
  );
}

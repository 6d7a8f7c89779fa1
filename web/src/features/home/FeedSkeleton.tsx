import { useT } from "@/lib/i18n";
import { Skeleton } from "@/ui/Skeleton";

/** Cards that come, in their own shape. */
export function FeedSkeleton({ count = 5 }: { count?: number }) {
  const t = useT();
  return (
    <div role="status" aria-label={t("ui.loading")} className="flex flex-col gap-3 pt-3">
      {Array.from({ length: count }, (_, at) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: cards without a name
          key={at}
          className="flex gap-3 rounded-card border border-line bg-card px-4 py-4"
        >
          <Skeleton className="size-9 !rounded-full" />
          <span className="flex-1">
            <Skeleton className="mb-2 h-5 w-3/5" />
            <Skeleton className="mb-3 h-4 w-2/5" />
            <Skeleton className="mb-4 h-4 w-4/5" />
            <Skeleton className="h-5 w-24" />
          </span>
          <Skeleton className="h-5 w-16" />
        </div>
      ))}
    </div>
  );
}

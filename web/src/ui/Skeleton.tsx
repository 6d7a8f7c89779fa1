import { useEffect, useState } from "react";
import { cx } from "@/lib/cx";

/** The shape of what comes. It shows after 150 ms, so that what is quick does not flicker. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={cx("block animate-pulse rounded-card bg-sunk", className)}
      style={{ animationDelay: "150ms" }}
    />
  );
}

/** Rows of a list that comes; they keep its room. */
export function SkeletonRows({ count = 6, label }: { count?: number; label: string }) {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div
      role="status"
      aria-label={label}
      className={cx("flex flex-col gap-4 py-3", !isShown && "invisible")}
    >
      {Array.from({ length: count }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows without a name
        <span key={at} className="flex items-center gap-3">
          <Skeleton className="size-11 rounded-full" />
          <span className="flex-1">
            <Skeleton className="mb-2 h-4 w-1/2" />
            <Skeleton className="h-3 w-1/3" />
          </span>
          <Skeleton className="h-4 w-16" />
        </span>
      ))}
    </div>
  );
}

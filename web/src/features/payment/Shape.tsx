import { useEffect, useState } from "react";
import { useT } from "@/lib/i18n";
import { Skeleton } from "@/ui/Skeleton";

/** The shape of a payment that comes. */
export function Shape() {
  const t = useT();
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div
      role="status"
      aria-label={t("ui.loading")}
      className={isShown ? "flex flex-col items-center gap-4 pt-2" : "invisible"}
    >
      <Skeleton className="size-14 rounded-full" />
      <Skeleton className="h-6 w-48" />
      <Skeleton className="h-13 w-56" />
      <Skeleton className="h-4 w-40" />
      <Skeleton className="mt-4 h-44 w-full" />
      <Skeleton className="h-32 w-full" />
    </div>
  );
}

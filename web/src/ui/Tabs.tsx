import { Link } from "@tanstack/react-router";
import { cx } from "@/lib/cx";

export interface Tab {
  label: string;
  search: Record<string, string | undefined>;
  isActive: boolean;
  count?: number;
}

/** Tabs whose choice stands in the address. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav aria-label={label} className="-mx-1 flex gap-1 overflow-x-auto p-1">
      {tabs.map((tab) => (
        <Link
          key={tab.label}
          to="."
          search={tab.search as never}
          replace
          resetScroll={false}
          aria-current={tab.isActive ? "page" : undefined}
          className={cx(
            "inline-flex min-h-11 items-center gap-2 rounded-full px-4 text-sm font-semibold whitespace-nowrap",
            tab.isActive ? "bg-text text-bg" : "text-muted hover:bg-sunk hover:text-text",
          )}
        >
          {tab.label}
          {tab.count !== undefined && tab.count > 0 && <span className="tabular">{tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}

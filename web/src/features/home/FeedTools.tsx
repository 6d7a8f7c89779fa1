import { useNavigate } from "@tanstack/react-router";
import { SlidersHorizontal } from "lucide-react";
import { useRef, useState } from "react";
import type { Scope } from "@/api/feed/get-feed";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { moneyWords } from "@/lib/money";
import { shortDate } from "@/lib/time";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { Tabs } from "@/ui/Tabs";
import { FilterSheet } from "./FilterSheet";
import { centsOf, type FeedSearch } from "./filters";

interface Props {
  search: FeedSearch;
  scope: Scope;
  hasPublic: boolean;
  isFiltered: boolean;
}

/** Whose payments, and from when and how much; all of it in the address. */
export function FeedTools({ search, scope, hasPublic, isFiltered }: Props) {
  const t = useT();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const top = useRef<HTMLDivElement>(null);
  const scopes: Scope[] = hasPublic
    ? ["all", "friends", "mine", "public"]
    : ["all", "friends", "mine"];
  const go = (filters: FeedSearch) => {
    setOpen(false);
    const own = scope === "all" ? {} : { scope };
    void navigate({
      to: "/",
      search: { ...own, ...filters },
      replace: true,
      resetScroll: false,
    }).then(() => top.current?.scrollIntoView({ block: "start" }));
  };
  return (
    <>
      <div ref={top} className="flex scroll-mt-28 items-center justify-between gap-2">
        <div className="min-w-0">
          <Tabs
            label={t("home.feed.scopes")}
            tabs={scopes.map((each) => ({
              label: t(`home.scope.${each}` as const),
              search: { ...search, scope: each === "all" ? undefined : each },
              isActive: each === scope,
            }))}
          />
        </div>
        <IconButton
          label={t("home.filter.open")}
          onClick={() => setOpen(true)}
          className={cx(isFiltered && "!bg-tint !text-primary")}
        >
          <SlidersHorizontal size={20} aria-hidden="true" />
        </IconButton>
      </div>
      {isFiltered && (
        <div className="mt-1 flex flex-wrap items-center gap-x-3 text-sm text-muted">
          <Range search={search} />
          <Button look="quiet" className="!px-2" onClick={() => go({})}>
            {t("home.filter.clear")}
          </Button>
        </div>
      )}
      <FilterSheet
        key={isOpen ? "open" : "shut"}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        search={search}
        onApply={go}
      />
    </>
  );
}

function Range({ search: { from, to, ...search } }: { search: FeedSearch }) {
  const t = useT();
  const min = centsOf(search.min_amount);
  const max = centsOf(search.max_amount);
  const said = (first: string | undefined, last: string | undefined) => {
    if (first && last) return first === last ? first : t("home.filter.between", { first, last });
    if (first) return t("home.filter.after", { first });
    return last && t("home.filter.before", { last });
  };
  const money = (minor: number | undefined) =>
    minor === undefined ? undefined : moneyWords(minor);
  const parts = [said(from && shortDate(from), to && shortDate(to)), said(money(min), money(max))];
  return <span>{parts.filter(Boolean).join(" · ")}</span>;
}

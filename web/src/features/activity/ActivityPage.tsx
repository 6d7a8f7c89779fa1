import { useNavigate, useSearch } from "@tanstack/react-router";
import { Download, SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { IconButton } from "@/ui/IconButton";
import { Page } from "@/ui/Page";
import { Sheet } from "@/ui/Sheet";
import { Chips } from "./Chips";
import { FileSheet } from "./FileSheet";
import { FilterForm } from "./FilterForm";
import { type ActivitySearch, filtersOf, searchOf } from "./filters";
import { Lines } from "./Lines";
import { SearchField } from "./SearchField";
import { useIsWide } from "./useIsWide";

/** What touched my balance, with what it was after each line; filtered by the address. */
export function ActivityPage() {
  const t = useT();
  const navigate = useNavigate();
  const search = searchOf(useSearch({ strict: false }));
  const filters = filtersOf(search);
  const isFiltered = Object.keys(filters).length > 0;
  const isNarrowed = Object.keys(filters).some((name) => name !== "q");
  const isWide = useIsWide();
  const [isOpen, setOpen] = useState(false);
  const [isSaving, setSaving] = useState(false);
  const go = (wanted: ActivitySearch) =>
    void navigate({ to: "/activity", search: wanted, replace: true, resetScroll: false });
  const apply = (wanted: ActivitySearch) => {
    setOpen(false);
    go(wanted);
  };
  const form = (
    <FilterForm
      key={JSON.stringify(search)}
      search={search}
      isWide={isWide}
      onApply={apply}
      onClear={() => apply({})}
    />
  );
  return (
    <Page
      title={t("nav.activity")}
      end={
        <IconButton label={t("activity.file")} onClick={() => setSaving(true)}>
          <Download size={20} aria-hidden="true" />
        </IconButton>
      }
    >
      <div className="flex items-center gap-2">
        <SearchField value={search.q ?? ""} onSearch={(q) => go({ ...search, q })} />
        <Button
          look="secondary"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className={cx("min-h-12 !px-4", isNarrowed && "!border-primary !text-primary")}
        >
          <SlidersHorizontal size={20} aria-hidden="true" />
          <span className="max-sm:sr-only">{t("activity.filter")}</span>
        </Button>
      </div>
      {isWide && isOpen && <Card className="mt-3 p-4">{form}</Card>}
      {!isWide && (
        <Sheet isOpen={isOpen} onClose={() => setOpen(false)} title={t("activity.filter")}>
          {form}
        </Sheet>
      )}
      <Chips search={search} onChange={go} />
      <Lines key={JSON.stringify(filters)} filters={filters} onClear={() => go({})} />
      <FileSheet
        filters={filters}
        isFiltered={isFiltered}
        isOpen={isSaving}
        onClose={() => setSaving(false)}
      />
    </Page>
  );
}

import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { exportActivity } from "@/api/activity/export-activity";
import type { ActivityFilters } from "@/api/activity/get-activity";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Sheet } from "@/ui/Sheet";

/** Hands a file to the browser, as a link to it would. */
function save(file: File): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  URL.revokeObjectURL(link.href);
}

interface Props {
  filters: ActivityFilters;
  isFiltered: boolean;
  isOpen: boolean;
  onClose: () => void;
}

/** Everything that the filters let through as a file, and what that holds. */
export function FileSheet({ filters, isFiltered, isOpen, onClose }: Props) {
  const t = useT();
  const file = useMutation({
    mutationFn: () => exportActivity(filters),
    onSuccess: (made) => {
      save(made);
      onClose();
    },
  });
  return (
    <Sheet isOpen={isOpen} onClose={onClose} title={t("activity.file")}>
      <p>{t(isFiltered ? "activity.file.filtered" : "activity.file.all")}</p>
      <p className="mt-2 text-sm text-muted">{t("activity.file.holds")}</p>
      {file.error && (
        <div className="mt-4">
          <ErrorPanel error={file.error} />
        </div>
      )}
      <Button
        isWide
        className="mt-4"
        isBusy={file.isPending}
        onClick={() => file.mutate()}
        data-testid="activity-download"
      >
        {!file.isPending && <Download size={20} aria-hidden="true" />}
        {t("activity.file.save")}
      </Button>
    </Sheet>
  );
}

import { ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useT } from "@/lib/i18n";
import { isEmail } from "@/lib/rules";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { IconButton } from "@/ui/IconButton";

interface Props {
  title: string;
  identifier: string;
  onBack: () => void;
  children: ReactNode;
  /** Why the other way could not be gone. */
  error?: unknown;
  /** The other way to prove it, where there is one. */
  other?: { label: string; onUse: () => void; isBusy?: boolean } | undefined;
}

/** What is asked of whoever said who they are; who that is stands above, and can be changed. */
export function ProveStep({ title, identifier, onBack, children, error, other }: Props) {
  const t = useT();
  const shown = isEmail(identifier) ? identifier : `@${identifier.replace(/^@/, "")}`;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-start gap-1">
        <IconButton label={t("auth.change")} className="-ms-2.5" onClick={onBack}>
          <ChevronLeft size={22} aria-hidden="true" className="rtl:rotate-180" />
        </IconButton>
        <div className="min-w-0 pt-2">
          <h2 className="text-lg font-semibold">{title}</h2>
          <p className="truncate text-sm text-muted">
            <bdi dir="ltr">{shown}</bdi>
          </p>
        </div>
      </div>
      {error ? <ErrorPanel error={error} /> : null}
      {children}
      {other && (
        <Button look="quiet" isBusy={other.isBusy ?? false} onClick={other.onUse}>
          {other.label}
        </Button>
      )}
    </div>
  );
}

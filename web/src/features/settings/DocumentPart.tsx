import { Upload } from "lucide-react";
import { useId, useState } from "react";
import { useAddDocument } from "@/api/verification/add-document";
import { useT } from "@/lib/i18n";
import { buttonClass } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";

const TYPES = ["application/pdf", "image/jpeg", "image/png"];
const MOST = 10 * 1024 * 1024;

/** Sends a picture of a document; says how far it is. */
export function DocumentPart({ isMore }: { isMore: boolean }) {
  const t = useT();
  const id = useId();
  const { sending, share } = useAddDocument();
  const [fault, setFault] = useState<"type" | "large">();
  const take = (file: File | undefined) => {
    if (file === undefined) return;
    const wrong = !TYPES.includes(file.type) ? "type" : file.size > MOST ? "large" : undefined;
    setFault(wrong);
    if (wrong === undefined) sending.mutate(file);
  };
  return (
    <div className="flex flex-col items-start gap-3">
      <input
        id={id}
        type="file"
        accept={TYPES.join()}
        disabled={sending.isPending}
        className="peer sr-only"
        onChange={(event) => {
          take(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
      <label
        htmlFor={id}
        className={`${buttonClass(isMore ? "secondary" : "primary")} cursor-pointer peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-[var(--focus)] peer-disabled:opacity-45`}
      >
        <Upload size={20} aria-hidden="true" />
        {t(isMore ? "settings.document.more" : "settings.document.choose")}
      </label>
      <p className="text-sm text-muted">{t("settings.document.kinds")}</p>
      {sending.isPending && (
        <div className="w-full">
          <progress
            aria-label={t("settings.document.sending")}
            value={share}
            max={1}
            className="h-2 w-full accent-[var(--primary)]"
          />
          <p className="text-sm text-muted">
            {t("settings.document.sent", { percent: Math.round(share * 100) })}
          </p>
        </div>
      )}
      <p role="status" className="text-sm font-semibold text-money-in empty:hidden">
        {sending.isSuccess && t("settings.document.arrived")}
      </p>
      {fault && (
        <p role="alert" className="text-sm font-semibold text-danger">
          {t(`settings.document.${fault}` as const)}
        </p>
      )}
      {sending.error && <ErrorPanel error={sending.error} />}
    </div>
  );
}

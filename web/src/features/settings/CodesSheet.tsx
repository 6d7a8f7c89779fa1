import { Check, Copy, Download } from "lucide-react";
import { useState } from "react";
import { useT } from "@/lib/i18n";
import { Button, buttonClass } from "@/ui/Button";
import { Sheet } from "@/ui/Sheet";

interface Props {
  codes: readonly string[] | undefined;
  onKept: () => void;
}

/** Ten recovery codes, shown this once. Only the button closes it. */
export function CodesSheet({ codes = [], onKept }: Props) {
  const t = useT();
  const [isCopied, setCopied] = useState(false);
  const text = codes.join("\n");
  return (
    <Sheet
      isOpen={codes.length > 0}
      title={t("settings.codes.title")}
      text={t("settings.codes.text")}
    >
      <ul
        data-testid="recovery-codes"
        dir="ltr"
        className="tabular grid grid-cols-2 gap-x-4 gap-y-1.5 rounded-card bg-sunk p-4 text-center font-mono text-sm"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap gap-2">
        {navigator.clipboard && (
          <Button
            look="secondary"
            onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
          >
            {isCopied ? (
              <Check size={20} aria-hidden="true" />
            ) : (
              <Copy size={20} aria-hidden="true" />
            )}
            <span role="status">{t(isCopied ? "ui.copied" : "ui.copy")}</span>
          </Button>
        )}
        <a
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}`}
          download="quid-recovery-codes.txt"
          className={buttonClass("secondary")}
        >
          <Download size={20} aria-hidden="true" />
          {t("qr.download")}
        </a>
      </div>
      <div className="mt-4">
        <Button
          isWide
          onClick={() => {
            setCopied(false);
            onKept();
          }}
        >
          {t("settings.codes.kept")}
        </Button>
      </div>
    </Sheet>
  );
}

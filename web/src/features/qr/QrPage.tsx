import { Check, Copy, Download, Printer, Share2 } from "lucide-react";
import { useState } from "react";
import { useMe } from "@/api/me/get-me";
import { useT } from "@/lib/i18n";
import { Button, buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Page } from "@/ui/Page";
import { drawQr, QrCode } from "@/ui/QrCode";
import { SkeletonRows } from "@/ui/Skeleton";

function picture(text: string): string {
  const { size, path } = drawQr(text);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"/><path d="${path}"/></svg>`;
}

const DOT = 16;

/** The same as a PNG, for whatever takes no SVG. */
function pixels(text: string): string {
  const { size, path } = drawQr(text);
  const canvas = document.createElement("canvas");
  canvas.width = size * DOT;
  canvas.height = size * DOT;
  const pen = canvas.getContext("2d");
  if (pen === null) return "";
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.scale(DOT, DOT);
  pen.fillStyle = "#000";
  pen.fill(new Path2D(path));
  return canvas.toDataURL("image/png");
}

/** My code: whoever scans or opens it can pay me. It never pays by itself. */
export function QrPage() {
  const t = useT();
  const { data: me } = useMe();
  const [isCopied, setCopied] = useState(false);
  if (me === undefined) {
    return (
      <Page title={t("nav.qr")}>
        <SkeletonRows count={3} label={t("ui.loading")} />
      </Page>
    );
  }
  const link = `${location.origin}/u/${me.handle}`;
  const copy = async () => {
    await navigator.clipboard.writeText(link);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <Page title={t("nav.qr")}>
      <Card className="flex flex-col items-center gap-3 p-6 text-center">
        <QrCode text={link} label={t("qr.label", { link })} />
        <p className="text-lg font-semibold">
          <bdi>{me.display_name}</bdi>
        </p>
        <p className="text-sm text-muted">
          <bdi dir="ltr">{link}</bdi>
        </p>
        <p className="max-w-80 text-sm text-muted">{t("qr.text")}</p>
      </Card>
      <div className="mt-4 flex flex-wrap justify-center gap-2 print:hidden">
        {navigator.clipboard && (
          <Button look="secondary" onClick={() => void copy()}>
            {isCopied ? (
              <Check size={20} aria-hidden="true" />
            ) : (
              <Copy size={20} aria-hidden="true" />
            )}
            <span role="status">{t(isCopied ? "ui.copied" : "qr.copy")}</span>
          </Button>
        )}
        {"share" in navigator && (
          <Button
            look="secondary"
            onClick={() => void navigator.share({ url: link }).catch(() => {})}
          >
            <Share2 size={20} aria-hidden="true" />
            {t("qr.share")}
          </Button>
        )}
        {(["SVG", "PNG"] as const).map((kind) => (
          <a
            key={kind}
            href={
              kind === "PNG"
                ? pixels(link)
                : `data:image/svg+xml,${encodeURIComponent(picture(link))}`
            }
            download={`quid-${me.handle}.${kind.toLowerCase()}`}
            className={buttonClass("secondary")}
          >
            <Download size={20} aria-hidden="true" />
            {t("qr.downloadAs", { kind })}
          </a>
        ))}
        <Button look="secondary" onClick={() => window.print()}>
          <Printer size={20} aria-hidden="true" />
          {t("qr.print")}
        </Button>
      </div>
    </Page>
  );
}

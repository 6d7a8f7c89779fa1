import { rich, useT } from "@/lib/i18n";
import { type Audience, AudienceIcon } from "./AudiencePicker";
import { Avatar } from "./Avatar";

interface Props {
  audience: Audience;
  name: string;
  handle: string;
}

/** How a payment looks to others, by the audience that is chosen. */
export function AudiencePreview({ audience, name, handle }: Props) {
  const t = useT();
  const shown = name.trim() || t("auth.preview.you");
  return (
    <figure className="rounded-card bg-sunk p-3">
      <div className="flex items-center gap-3 rounded-card border border-line bg-card p-3">
        <Avatar seed={handle || "quid"} name={shown} size={40} />
        <div className="min-w-0 flex-1">
          <p className="truncate text-sm">
            {rich("auth.preview.paid", {
              payer: (
                <b className="font-semibold">
                  <bdi>{shown}</bdi>
                </b>
              ),
            })}
          </p>
          <p className="text-sm">{t("auth.preview.note")}</p>
          <p className="flex items-center gap-1 text-xs text-muted">
            <AudienceIcon audience={audience} size={14} />
            {t(`audience.${audience}` as const)}
          </p>
        </div>
      </div>
      <figcaption aria-live="polite" className="mt-2 text-sm text-muted">
        {t(`auth.preview.${audience}` as const)}
      </figcaption>
    </figure>
  );
}

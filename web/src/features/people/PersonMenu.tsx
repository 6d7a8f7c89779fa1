import { Bell, BellOff, Ellipsis, ShieldBan } from "lucide-react";
import { useState } from "react";
import { useBlock } from "@/api/friends/block";
import { useMute } from "@/api/friends/mute";
import { useForgive } from "@/api/friends/part";
import type { Profile } from "@/api/people/get-person";
import { useT } from "@/lib/i18n";
import { ConfirmSheet } from "@/ui/ConfirmSheet";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { IconButton } from "@/ui/IconButton";
import { Sheet } from "@/ui/Sheet";

const row =
  "flex min-h-12 w-full items-center gap-3 rounded-card px-3 py-2 text-start font-semibold hover:bg-sunk";

/** Hear no more of somebody, or refuse them. Neither is told. */
export function PersonMenu({ person, onGone }: { person: Profile; onGone: () => void }) {
  const t = useT();
  const [open, setOpen] = useState<"menu" | "block">();
  const mute = useMute();
  const forgive = useForgive();
  const block = useBlock();
  const close = () => {
    setOpen(undefined);
    mute.reset();
    block.reset();
    forgive.reset();
  };
  const hush = () =>
    person.is_muted
      ? forgive.mutate({ userId: person.id, what: "mute" }, { onSuccess: close })
      : mute.mutate(person.id, { onSuccess: close });
  const Sign = person.is_muted ? Bell : BellOff;
  const error = mute.error ?? forgive.error;
  return (
    <>
      <IconButton label={t("people.menu")} onClick={() => setOpen("menu")}>
        <Ellipsis size={22} aria-hidden="true" />
      </IconButton>
      <Sheet isOpen={open === "menu"} onClose={close} title={person.display_name}>
        {error && <ErrorPanel error={error} />}
        <ul className="-mx-3">
          <li>
            <button
              type="button"
              className={row}
              disabled={mute.isPending || forgive.isPending}
              onClick={hush}
            >
              <Sign size={20} aria-hidden="true" className="shrink-0 text-muted" />
              <span>
                {t(person.is_muted ? "people.unmute" : "people.mute")}
                <span className="block text-sm font-normal text-muted">{t("people.muteText")}</span>
              </span>
            </button>
          </li>
          <li>
            <button type="button" className={row} onClick={() => setOpen("block")}>
              <ShieldBan size={20} aria-hidden="true" className="shrink-0 text-danger" />
              <span>
                {t("people.block")}
                <span className="block text-sm font-normal text-muted">
                  {t("people.blockText")}
                </span>
              </span>
            </button>
          </li>
        </ul>
      </Sheet>
      <ConfirmSheet
        isOpen={open === "block"}
        onClose={close}
        title={t("people.blockTitle", { name: person.display_name })}
        text={t("people.blockText")}
        act={t("people.block")}
        isBusy={block.isPending}
        error={block.error}
        onDo={() => block.mutate(person.id, { onSuccess: onGone })}
      />
    </>
  );
}

import { Link } from "@tanstack/react-router";
import { BellOff, Ellipsis, Receipt, ShieldBan } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import type { FeedItem } from "@/api/feed/get-feed";
import { useBlock } from "@/api/friends/block";
import { useMute } from "@/api/friends/mute";
import { rich, useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { IconButton } from "@/ui/IconButton";
import { Sheet } from "@/ui/Sheet";

type Party = FeedItem["payer"];

const row =
  "flex min-h-12 w-full items-center gap-3 rounded-card px-3 py-2 text-start font-semibold hover:bg-sunk";

/** What can be done with a payment in the feed, and with the people in it. */
export function CardMenu({ item, meId }: { item: FeedItem; meId: string | undefined }) {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  const [blocked, setBlocked] = useState<Party>();
  const mute = useMute();
  const block = useBlock();
  const others = [item.payer, item.payee].filter((party) => party.id !== meId);
  const close = () => {
    setOpen(false);
    setBlocked(undefined);
    mute.reset();
    block.reset();
  };
  const silence = ({ id, display_name: name }: Party) =>
    mute.mutate(id, {
      onSuccess: () => {
        close();
        toast(t("home.menu.muted", { name }));
      },
    });
  const error = mute.error ?? block.error;
  return (
    <>
      <IconButton label={t("home.menu.open")} onClick={() => setOpen(true)} className="-me-2.5">
        <Ellipsis size={20} aria-hidden="true" />
      </IconButton>
      <Sheet
        isOpen={isOpen}
        onClose={close}
        title={
          blocked ? t("home.block.title", { name: blocked.display_name }) : t("home.menu.title")
        }
        {...(blocked ? { text: t("home.block.text") } : {})}
      >
        {error && <ErrorPanel error={error} />}
        {blocked ? (
          <div className="mt-4 flex flex-col gap-2">
            <Button
              look="danger"
              isBusy={block.isPending}
              onClick={() => block.mutate(blocked.id, { onSuccess: close })}
            >
              {t("home.block.do")}
            </Button>
            <Button look="secondary" onClick={close}>
              {t("ui.cancel")}
            </Button>
          </div>
        ) : (
          <ul className="-mx-3">
            <li>
              <Link to="/activity/$id" params={{ id: item.id }} className={row}>
                <Receipt size={20} aria-hidden="true" className="shrink-0 text-muted" />
                {t("home.menu.payment")}
              </Link>
            </li>
            {others.map((party) => (
              <li key={`mute-${party.id}`}>
                <button
                  type="button"
                  className={row}
                  disabled={mute.isPending}
                  onClick={() => silence(party)}
                >
                  <BellOff size={20} aria-hidden="true" className="shrink-0 text-muted" />
                  <span>{rich("home.menu.mute", { name: <bdi>{party.display_name}</bdi> })}</span>
                </button>
              </li>
            ))}
            {others.map((party) => (
              <li key={`block-${party.id}`}>
                <button type="button" className={row} onClick={() => setBlocked(party)}>
                  <ShieldBan size={20} aria-hidden="true" className="shrink-0 text-muted" />
                  <span>{rich("home.menu.block", { name: <bdi>{party.display_name}</bdi> })}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </Sheet>
    </>
  );
}

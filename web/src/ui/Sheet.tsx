import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { iconButtonClass } from "./IconButton";

interface Props {
  isOpen: boolean;
  /** Without it only what stands in the sheet closes it. */
  onClose?: () => void;
  title: string;
  text?: string;
  children: ReactNode;
}

/** From below on a phone, in the middle of a desktop. Escape and a press beside it close it. */
export function Sheet({ isOpen, onClose, title, text, children }: Props) {
  const t = useT();
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && onClose?.()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fade-in fixed inset-0 z-40 bg-shade" />
        <Dialog.Content
          {...(text === undefined ? { "aria-describedby": undefined } : {})}
          className={cx(
            "rise fixed inset-x-0 bottom-0 z-50 max-h-[92dvh] overflow-y-auto rounded-t-[20px] bg-card p-5 shadow-lift",
            "pb-[max(20px,env(safe-area-inset-bottom))] focus:outline-none",
            "md:inset-x-auto md:start-1/2 md:top-1/2 md:bottom-auto md:w-[440px] md:-translate-x-1/2 md:-translate-y-1/2 md:rounded-[20px] rtl:md:translate-x-1/2",
          )}
        >
          <div className="mb-3 flex items-start gap-2">
            <div className="min-w-0 flex-1 pt-2">
              <Dialog.Title className="text-lg font-semibold">{title}</Dialog.Title>
              {text !== undefined && (
                <Dialog.Description className="mt-1 text-sm text-muted">{text}</Dialog.Description>
              )}
            </div>
            {onClose && (
              <Dialog.Close className={iconButtonClass} aria-label={t("ui.close")}>
                <X size={20} aria-hidden="true" />
              </Dialog.Close>
            )}
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

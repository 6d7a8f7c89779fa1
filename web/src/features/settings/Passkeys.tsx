import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useApp } from "@/api/app/get-app";
import { useAddPasskey, useRemovePasskey, useRenamePasskey } from "@/api/passkeys/change-passkeys";
import { type Passkey, usePasskeys } from "@/api/passkeys/get-passkeys";
import { takeFocus } from "@/lib/focus";
import { useT } from "@/lib/i18n";
import { canPasskey, isGivenUp } from "@/lib/passkeys";
import { shortDate } from "@/lib/time";
import { Button } from "@/ui/Button";
import { ConfirmSheet } from "@/ui/ConfirmSheet";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { TextField } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import { CodesSheet } from "./CodesSheet";
import { Section } from "./Section";

function Renaming({ passkey, onEnd }: { passkey: Passkey; onEnd: () => void }) {
  const t = useT();
  const renaming = useRenamePasskey();
  const [name, setName] = useState(passkey.name);
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        renaming.mutate({ id: passkey.id, name: name.trim() }, { onSuccess: onEnd });
      }}
    >
      <TextField
        ref={takeFocus}
        label={t("settings.passkeys.name")}
        value={name}
        maxLength={60}
        onChange={(event) => setName(event.target.value)}
      />
      {renaming.error && <ErrorPanel error={renaming.error} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" isBusy={renaming.isPending} disabled={name.trim() === ""}>
          {t("ui.save")}
        </Button>
        <Button look="secondary" onClick={onEnd}>
          {t("ui.cancel")}
        </Button>
      </div>
    </form>
  );
}

function Row({ passkey }: { passkey: Passkey }) {
  const t = useT();
  const removing = useRemovePasskey();
  const [isRenaming, setRenaming] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const { name, last_used_at } = passkey;
  if (isRenaming) {
    return (
      <li className="p-4">
        <Renaming passkey={passkey} onEnd={() => setRenaming(false)} />
      </li>
    );
  }
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <KeyRound size={20} aria-hidden="true" className="shrink-0 text-muted" />
      <p className="min-w-0 flex-1 basis-40">
        <bdi className="block truncate font-semibold">{name}</bdi>
        <span className="block text-sm text-muted">
          {last_used_at
            ? t("settings.passkeys.used", { date: shortDate(last_used_at) })
            : t("settings.passkeys.made", { date: shortDate(passkey.created_at) })}
        </span>
      </p>
      <span className="ms-5 flex gap-1 sm:ms-0">
        <Button
          look="quiet"
          className="!px-3"
          aria-label={t("settings.passkeys.renameName", { name })}
          onClick={() => setRenaming(true)}
        >
          {t("settings.passkeys.rename")}
        </Button>
        <Button
          look="quiet"
          className="!px-3"
          aria-label={t("settings.devices.removeName", { name })}
          onClick={() => setOpen(true)}
        >
          {t("settings.remove")}
        </Button>
      </span>
      <ConfirmSheet
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={t("settings.devices.removeName", { name })}
        text={t("settings.passkeys.removeText")}
        act={t("settings.remove")}
        isBusy={removing.isPending}
        error={removing.error}
        onDo={() => {
          // The sheet that asks for a proof must not lie under this one.
          setOpen(false);
          removing.mutate(passkey.id, { onError: () => setOpen(true) });
        }}
      />
    </li>
  );
}

/** Signing in with a face, a finger or a PIN. */
export function Passkeys() {
  const t = useT();
  const found = usePasskeys();
  const adding = useAddPasskey();
  const isOffered = useApp().data?.passkeys && canPasskey();
  return (
    <Section title={t("settings.passkeys.title")} text={t("settings.passkeys.text")}>
      {found.data && found.data.length > 0 && (
        <ul className="divide-y divide-line border-b border-line">
          {found.data.map((passkey) => (
            <Row key={passkey.id} passkey={passkey} />
          ))}
        </ul>
      )}
      <div className="flex flex-col items-start gap-3 p-4">
        {found.error && <ErrorPanel error={found.error} onRetry={() => void found.refetch()} />}
        {isOffered ? (
          <Button
            look="secondary"
            isBusy={adding.isPending}
            onClick={() => adding.mutate(t("settings.passkeys.here"))}
          >
            {t("settings.passkeys.add")}
          </Button>
        ) : (
          <p className="text-sm text-muted">{t("settings.passkeys.cannot")}</p>
        )}
        {adding.error &&
          (isGivenUp(adding.error) ? (
            <Notice tone="warning">
              <p role="alert">{t("settings.passkeys.givenUp")}</p>
            </Notice>
          ) : (
            <ErrorPanel error={adding.error} />
          ))}
      </div>
      <CodesSheet codes={adding.data?.recovery_codes ?? undefined} onKept={() => adding.reset()} />
    </Section>
  );
}

import { useState } from "react";
import {
  useConfirmTotp,
  useMakeTotp,
  useRemoveTotp,
  useRenewCodes,
} from "@/api/factors/change-totp";
import type { Me } from "@/api/me/get-me";
import { useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { Button } from "@/ui/Button";
import { CodeField } from "@/ui/CodeField";
import { ConfirmSheet } from "@/ui/ConfirmSheet";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { QrCode } from "@/ui/QrCode";
import { Sheet } from "@/ui/Sheet";
import { CodesSheet } from "./CodesSheet";
import { Section } from "./Section";

interface SetUpProps {
  made: { uri: string; secret: string };
  confirming: ReturnType<typeof useConfirmTotp>;
  onDone: () => void;
}

function SetUp({ made, confirming, onDone }: SetUpProps) {
  const t = useT();
  const [code, setCode] = useState("");
  const isWrong = isProblem(confirming.error, "CHALLENGE_FAILED");
  const confirm = (whole: string) => {
    if (!confirming.isPending) confirming.mutate(whole, { onSuccess: onDone });
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (code.length === 6) confirm(code);
      }}
    >
      <div className="mx-auto w-full max-w-56">
        <QrCode text={made.uri} label={t("settings.totp.qr")} />
      </div>
      <p className="text-sm text-muted">
        {t("settings.totp.typed")}{" "}
        <bdi
          dir="ltr"
          data-testid="totp-secret"
          className="font-mono break-all text-text select-all"
        >
          {made.secret}
        </bdi>
      </p>
      <CodeField
        label={t("auth.totp")}
        value={code}
        onChange={setCode}
        onWhole={confirm}
        isBusy={confirming.isPending}
        error={isWrong ? t("settings.totp.wrong") : undefined}
      />
      {confirming.error && !isWrong && <ErrorPanel error={confirming.error} />}
      <Button type="submit" isBusy={confirming.isPending} disabled={code.length < 6}>
        {t("settings.totp.on")}
      </Button>
    </form>
  );
}

/** An app that shows a new code each half minute, and the codes for when it is lost. */
export function Totp({ me }: { me: Me }) {
  const t = useT();
  const making = useMakeTotp();
  const confirming = useConfirmTotp();
  const removing = useRemoveTotp();
  const renewing = useRenewCodes();
  const [asks, setAsks] = useState<"remove" | "renew">();
  const codes = confirming.data?.recovery_codes ?? renewing.data?.recovery_codes;
  const hasFactor = me.has_totp || me.has_passkey;
  const close = () => {
    making.reset();
    confirming.reset();
  };
  return (
    <>
      <Section title={t("settings.totp.title")} text={t("settings.totp.text")}>
        <div className="flex flex-col items-start gap-3 p-4">
          <p role="status" className="font-semibold">
            {t(me.has_totp ? "settings.totp.isOn" : "settings.totp.isOff")}
          </p>
          <div className="flex flex-wrap gap-2">
            <Button look="secondary" isBusy={making.isPending} onClick={() => making.mutate()}>
              {t(me.has_totp ? "settings.totp.replace" : "settings.totp.setUp")}
            </Button>
            {me.has_totp && (
              <Button look="danger" onClick={() => setAsks("remove")}>
                {t("settings.remove")}
              </Button>
            )}
          </div>
          {making.error && <ErrorPanel error={making.error} />}
        </div>
      </Section>
      {hasFactor && (
        <Section title={t("settings.codes.section")} text={t("settings.codes.about")}>
          <div className="p-4">
            <Button look="secondary" isBusy={renewing.isPending} onClick={() => setAsks("renew")}>
              {t("settings.codes.renew")}
            </Button>
          </div>
        </Section>
      )}
      <Sheet
        isOpen={making.data !== undefined}
        onClose={close}
        title={t("settings.totp.setUp")}
        text={t("settings.totp.how")}
      >
        {making.data && (
          <SetUp made={making.data} confirming={confirming} onDone={() => making.reset()} />
        )}
      </Sheet>
      <ConfirmSheet
        isOpen={asks === "remove"}
        onClose={() => setAsks(undefined)}
        title={t("settings.totp.removeAsk")}
        text={t("settings.totp.removeText")}
        act={t("settings.remove")}
        isBusy={removing.isPending}
        error={removing.error}
        onDo={() => {
          // The sheet that asks for a proof must not lie under this one.
          setAsks(undefined);
          removing.mutate(undefined, { onError: () => setAsks("remove") });
        }}
      />
      <ConfirmSheet
        isOpen={asks === "renew"}
        onClose={() => setAsks(undefined)}
        title={t("settings.codes.renewAsk")}
        text={t("settings.codes.renewText")}
        act={t("settings.codes.renew")}
        look="primary"
        isBusy={renewing.isPending}
        error={renewing.error}
        onDo={() => {
          setAsks(undefined);
          renewing.mutate(undefined, { onError: () => setAsks("renew") });
        }}
      />
      <CodesSheet
        codes={codes}
        onKept={() => {
          confirming.reset();
          renewing.reset();
        }}
      />
    </>
  );
}

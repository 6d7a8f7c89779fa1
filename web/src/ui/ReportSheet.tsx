import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { type Claim, type Saying, useOpenReport } from "@/api/reports/open-report";
import { useT } from "@/lib/i18n";
import { keyKeeper } from "@/lib/keys";
import { isProblem } from "@/lib/problem";
import { Button, buttonClass } from "./Button";
import { ErrorPanel } from "./ErrorPanel";
import { SelectField } from "./Field";
import { isSaid, SayField } from "./SayField";
import { Sheet } from "./Sheet";

const claims: readonly Claim[] = [
  "unauthorized",
  "scam",
  "wrong_person",
  "wrong_amount",
  "duplicate",
  "not_as_agreed",
  "other",
];

interface Props {
  about: Saying["about"];
  id: string;
  isOpen: boolean;
  onClose: () => void;
}

/** Reports a payment, or appeals against what was stopped or put on hold. Leads to what was opened. */
export function ReportSheet({ about, id, isOpen, onClose }: Props) {
  const t = useT();
  return (
    <Sheet
      isOpen={isOpen}
      onClose={onClose}
      title={t(`report.open.${about}`)}
      text={t(`report.open.${about}.text`)}
    >
      <ReportForm about={about} id={id} />
    </Sheet>
  );
}

function ReportForm({ about, id }: Pick<Props, "about" | "id">) {
  const t = useT();
  const navigate = useNavigate();
  const open = useOpenReport();
  const [keyOf] = useState(keyKeeper);
  const [claim, setClaim] = useState<Claim | "">("");
  const [text, setText] = useState("");
  const [isChecked, setChecked] = useState(false);
  const isClaimed = about !== "payment" || claim !== "";

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (!isClaimed || !isSaid(text)) return;
    const said = text.trim();
    const saying: Saying =
      about === "payment"
        ? { about, id, claim: claim as Claim, text: said }
        : { about, id, text: said };
    open.mutate(
      { saying, key: keyOf(saying) },
      { onSuccess: (made) => navigate({ to: "/reports/$id", params: { id: made.id } }) },
    );
  };
  const known = isProblem(open.error) ? open.error.body.dispute_id : undefined;
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      {about === "payment" && (
        <SelectField
          label={t("report.claim")}
          value={claim}
          onChange={(value) => setClaim(value as Claim)}
          error={isChecked && !isClaimed ? t("report.claim.empty") : undefined}
          options={[
            { value: "", label: t("report.claim.choose"), isDisabled: true },
            ...claims.map((value) => ({ value, label: t(`report.claim.${value}`) })),
          ]}
        />
      )}
      <SayField
        label={t(`report.say.${about}`)}
        value={text}
        onChange={setText}
        isChecked={isChecked}
        error={isProblem(open.error) ? open.error.of("text") : undefined}
      />
      {open.error && (
        <ErrorPanel error={open.error}>
          {typeof known === "string" && (
            <Link to="/reports/$id" params={{ id: known }} className={buttonClass("secondary")}>
              {t("report.see")}
            </Link>
          )}
        </ErrorPanel>
      )}
      <p className="text-sm text-muted">{t("report.open.quiet")}</p>
      <Button type="submit" isWide isBusy={open.isPending} data-testid="report-send">
        {t(`report.send.${about}`)}
      </Button>
    </form>
  );
}

import { type FormEvent, useState } from "react";
import { useReportAct } from "@/api/reports/act-on-report";
import { useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { isSaid, SayField } from "@/ui/SayField";

/** Answers what we asked. */
export function Answer({ id }: { id: string }) {
  const t = useT();
  const { answer } = useReportAct(id);
  const [text, setText] = useState("");
  const [isChecked, setChecked] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (isSaid(text)) answer.mutate(text.trim());
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-3">
      <SayField
        label={t("report.answer")}
        value={text}
        onChange={setText}
        isChecked={isChecked}
        error={isProblem(answer.error) ? answer.error.of("text") : undefined}
      />
      {answer.error && <ErrorPanel error={answer.error} />}
      <Button type="submit" isWide isBusy={answer.isPending}>
        {t("report.answer.send")}
      </Button>
    </form>
  );
}

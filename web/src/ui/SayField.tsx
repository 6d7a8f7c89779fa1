import { useState } from "react";
import { useT } from "@/lib/i18n";
import { TextArea } from "./Field";

const LOW = 10;
const HIGH = 2_000;

const lengthOf = (text: string) => [...text.normalize("NFC").trim()].length;

/** Whether it is enough to be sent, and not too much. */
export function isSaid(text: string): boolean {
  const length = lengthOf(text);
  return length >= LOW && length <= HIGH;
}

interface Props {
  label: string;
  value: string;
  onChange: (text: string) => void;
  /** Says what is wrong before the field was left: after a press of the button. */
  isChecked: boolean;
  error?: string | undefined;
}

/** What a person has to say to us, in their own words. */
export function SayField({ label, value, onChange, isChecked, error }: Props) {
  const t = useT();
  const [isLeft, setLeft] = useState(false);
  const used = lengthOf(value);
  const isWrong = (isChecked || (isLeft && used > 0)) && !isSaid(value);
  const own =
    used < LOW ? t("report.say.short", { low: LOW }) : t("report.say.long", { high: HIGH });
  return (
    <TextArea
      label={label}
      rows={5}
      value={value}
      onChange={(event) => {
        setLeft(false);
        onChange(event.target.value);
      }}
      onBlur={() => setLeft(true)}
      hint={t("report.say.counter", { used, high: HIGH })}
      error={isWrong ? own : error}
    />
  );
}

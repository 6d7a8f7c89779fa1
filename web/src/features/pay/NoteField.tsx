import { type Ref, useState } from "react";
import { useT } from "@/lib/i18n";
import { TextField } from "@/ui/Field";
import { NOTE_MAX, noteFault } from "./form";

const emoji = ["🍕", "🍻", "☕", "🛒", "🏠", "🚕", "🎉", "🎁", "💡", "❤️"];
const COUNTED_FROM = 400;

interface Props {
  value: string;
  onChange: (note: string) => void;
  /** Says what is missing although the field was not left. */
  isChecked: boolean;
  onEnter: () => void;
  ref?: Ref<HTMLInputElement>;
}

/** What it is for, with a row of emoji that say it in one press. */
export function NoteField({ value, onChange, isChecked, onEnter, ref }: Props) {
  const t = useT();
  const [isLeft, setLeft] = useState(false);
  const used = [...value].length;
  const fault = noteFault(value);
  const isTold = fault !== undefined && (isChecked || isLeft || fault !== "empty");
  const add = (one: string) =>
    onChange(`${value}${value && !value.endsWith(" ") ? " " : ""}${one}`);
  return (
    <div>
      <TextField
        {...(ref === undefined ? {} : { ref })}
        label={t("pay.what.note")}
        value={value}
        maxLength={2 * NOTE_MAX}
        autoComplete="off"
        enterKeyHint="done"
        onChange={(event) => onChange(event.target.value)}
        onBlur={(event) => {
          // A press of an emoji leaves the field to fill it.
          const isEmoji =
            event.relatedTarget instanceof HTMLElement && event.relatedTarget.dataset.emoji;
          if (!isEmoji) setLeft(true);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.nativeEvent.isComposing) onEnter();
        }}
        error={isTold ? t(`pay.note.${fault}`) : undefined}
        hint={used > COUNTED_FROM ? t("pay.what.counter", { used }) : undefined}
      />
      <fieldset className="-mx-1 mt-1.5 flex min-w-0 overflow-x-auto p-1">
        <legend className="sr-only">{t("pay.what.emoji")}</legend>
        {emoji.map((one) => (
          <button
            key={one}
            type="button"
            data-emoji={one}
            aria-label={t("pay.what.addEmoji", { emoji: one })}
            onClick={() => add(one)}
            className="size-11 shrink-0 rounded-full text-lg hover:bg-sunk"
          >
            <span aria-hidden="true">{one}</span>
          </button>
        ))}
      </fieldset>
    </div>
  );
}

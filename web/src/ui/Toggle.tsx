import { Switch } from "radix-ui";
import { useId } from "react";

interface Props {
  label: string;
  text?: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  isDisabled?: boolean;
}

/** A setting that is on or off, at once. */
export function Toggle({ label, text, isOn, onChange, isDisabled = false }: Props) {
  const id = useId();
  return (
    <div className="flex min-h-14 items-center gap-4 py-2">
      <label htmlFor={id} className="min-w-0 flex-1">
        <span className="block font-semibold">{label}</span>
        {text && <span className="block text-sm text-muted">{text}</span>}
      </label>
      <Switch.Root
        id={id}
        checked={isOn}
        onCheckedChange={onChange}
        disabled={isDisabled}
        className="relative inline-flex h-11 w-14 shrink-0 items-center rounded-full p-1.5 disabled:opacity-45"
      >
        <span
          aria-hidden="true"
          className={`absolute inset-x-1 h-7 rounded-full border transition-colors duration-150 ${isOn ? "border-primary bg-primary" : "border-control bg-sunk"}`}
        />
        <Switch.Thumb className="relative block size-5 rounded-full bg-control transition-transform duration-150 data-[state=checked]:translate-x-5 data-[state=checked]:bg-on-primary rtl:data-[state=checked]:-translate-x-5" />
      </Switch.Root>
    </div>
  );
}

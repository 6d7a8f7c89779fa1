import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type TextareaHTMLAttributes,
  useId,
} from "react";
import { cx } from "@/lib/cx";

const box =
  "w-full rounded-card border bg-card px-3.5 text-base text-text placeholder:text-muted disabled:bg-sunk disabled:text-muted";

interface Common {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
}

interface Shown extends Common {
  id: string;
  children: ReactNode;
}

function Labelled({ id, label, hint, error, children }: Shown) {
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold">
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} role="alert" className="text-sm font-semibold text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

function described(id: string, { hint, error }: Common): string | undefined {
  const named = cx(hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`);
  return named === "" ? undefined : named;
}

interface TextProps extends Common, Omit<InputHTMLAttributes<HTMLInputElement>, "id"> {
  ref?: Ref<HTMLInputElement>;
  /** A button of 44 px that stands in the field, at its end. */
  end?: ReactNode;
}

/** A line of text with its label, a hint, and what is wrong with it. */
export function TextField({ label, hint, error, end, className, ...rest }: TextProps) {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      <span className="relative">
        <input
          {...rest}
          id={id}
          aria-invalid={error !== undefined}
          aria-describedby={described(id, { label, hint, error })}
          className={cx(
            box,
            "min-h-12",
            end !== undefined && "pe-13",
            error === undefined ? "border-control" : "border-danger",
            className,
          )}
        />
        {end !== undefined && <span className="absolute end-0.5 top-0.5">{end}</span>}
      </span>
    </Labelled>
  );
}

interface AreaProps extends Common, Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "id"> {
  ref?: Ref<HTMLTextAreaElement>;
}

export function TextArea({ label, hint, error, className, ...rest }: AreaProps) {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      <textarea
        rows={3}
        {...rest}
        id={id}
        aria-invalid={error !== undefined}
        aria-describedby={described(id, { label, hint, error })}
        className={cx(
          box,
          "py-2.5",
          error === undefined ? "border-control" : "border-danger",
          className,
        )}
      />
    </Labelled>
  );
}

interface SelectProps extends Common {
  value: string;
  onChange: (value: string) => void;
  options: readonly { value: string; label: string; isDisabled?: boolean }[];
  disabled?: boolean;
  name?: string;
}

/** The platform's own choice, on every device. */
export function SelectField({
  label,
  hint,
  error,
  value,
  onChange,
  options,
  disabled,
  name,
}: SelectProps) {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      <select
        id={id}
        name={name}
        value={value}
        disabled={disabled}
        aria-invalid={error !== undefined}
        aria-describedby={described(id, { label, hint, error })}
        onChange={(event) => onChange(event.target.value)}
        className={cx(box, "min-h-12", error === undefined ? "border-control" : "border-danger")}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.isDisabled}>
            {option.label}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

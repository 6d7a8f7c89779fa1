import type { ReactNode } from "react";

interface Props {
  icon: ReactNode;
  title: ReactNode;
  text?: ReactNode;
  /** More about it, between the words and the buttons. */
  more?: ReactNode;
  /** What to do next. */
  children: ReactNode;
}

/** A result: a sign, what happened, what follows, what to do. */
export function Said({ icon, title, text, more, children }: Props) {
  return (
    <div className="flex flex-col items-center gap-5 pt-8">
      {icon}
      <div className="flex max-w-96 flex-col gap-1 text-center">
        <p className="text-lg font-semibold">{title}</p>
        {text !== undefined && <p className="text-sm text-muted">{text}</p>}
      </div>
      {more}
      <div className="flex w-full max-w-80 flex-col gap-2.5">{children}</div>
    </div>
  );
}

import { type ReactNode, useId } from "react";
import { Card } from "@/ui/Card";

interface Props {
  title: string;
  text?: ReactNode;
  children: ReactNode;
}

/** A part of a page of settings: its heading, what it is about, and a sheet of paper. */
export function Section({ title, text, children }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="text-lg font-semibold">
        {title}
      </h2>
      {text !== undefined && <p className="mt-1 text-sm text-muted">{text}</p>}
      <Card className="mt-2 overflow-hidden">{children}</Card>
    </section>
  );
}

import type { ReactNode } from "react";

interface Props {
  icon?: ReactNode;
  title: string;
  text?: string;
  /** The act that fills it. */
  children?: ReactNode;
}

export function EmptyState({ icon, title, text, children }: Props) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-12 text-center">
      {icon && <span className="mb-2 rounded-full bg-tint p-4 text-primary">{icon}</span>}
      <p className="text-base font-semibold">{title}</p>
      {text && <p className="max-w-80 text-sm text-muted">{text}</p>}
      {children && <div className="mt-3 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  );
}

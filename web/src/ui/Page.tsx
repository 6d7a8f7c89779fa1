import { useRouter } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { useT } from "@/lib/i18n";
import { IconButton } from "./IconButton";

interface Props {
  title: string;
  /** Where Back leads when there is nothing to go back to; without it there is no Back. */
  back?: string;
  end?: ReactNode;
  children: ReactNode;
}

/** A page of the app: its heading, and the title of the tab. */
export function Page({ title, back, end, children }: Props) {
  const t = useT();
  const router = useRouter();
  useEffect(() => {
    document.title = `${title} · Quid`;
  }, [title]);
  return (
    <main
      id="main"
      tabIndex={-1}
      className="mx-auto w-full max-w-[640px] px-4 pt-3 pb-10 outline-none md:px-6"
    >
      <div className="mb-3 flex min-h-11 items-center gap-1">
        {back !== undefined && (
          <IconButton
            label={t("ui.back")}
            className="-ms-2.5"
            onClick={() =>
              router.history.canGoBack() ? router.history.back() : router.navigate({ to: back })
            }
          >
            <ChevronLeft size={22} aria-hidden="true" className="rtl:rotate-180" />
          </IconButton>
        )}
        <h1 className="min-w-0 flex-1 text-xl font-semibold tracking-tight">{title}</h1>
        {end}
      </div>
      {children}
    </main>
  );
}

import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { useT } from "@/lib/i18n";
import { LanguageSelect } from "@/ui/LanguageSelect";
import { Logo } from "@/ui/Logo";

interface Props {
  /** Of the tab. */
  title: string;
  /** Stands before the content; on a desk beside it. */
  intro?: ReactNode;
  /** Stands after the content; on a desk below the intro. */
  more?: ReactNode;
  children: ReactNode;
}

/** A page that anybody may see: no bars, the name above, the language below. */
export function Frame({ title, intro, more, children }: Props) {
  const t = useT();
  useEffect(() => {
    document.title = `${title} · Quid`;
  }, [title]);
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-[1040px] flex-col px-4 md:px-6">
      <header className="flex min-h-16 items-center">
        <Link to="/sign-in" aria-label={t("auth.start")} className="flex min-h-11 items-center">
          <Logo />
        </Link>
      </header>
      {intro === undefined ? (
        <main id="main" className="mx-auto w-full max-w-[440px] flex-1 pt-4 pb-10 md:pt-12">
          {children}
        </main>
      ) : (
        <main
          id="main"
          className="mx-auto grid w-full max-w-[440px] flex-1 grid-cols-[minmax(0,1fr)] content-start gap-x-16 gap-y-6 pt-4 pb-10 lg:max-w-none lg:grid-cols-[minmax(0,1fr)_440px] lg:grid-rows-[auto_1fr] lg:pt-16"
        >
          <div>{intro}</div>
          <div className="lg:row-span-2">{children}</div>
          {more}
        </main>
      )}
      <footer className="flex min-h-16 items-center justify-center pb-[env(safe-area-inset-bottom)]">
        <LanguageSelect />
      </footer>
    </div>
  );
}

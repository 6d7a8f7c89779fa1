import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useApp } from "@/api/app/get-app";
import { cx } from "@/lib/cx";
import { rich, useT } from "@/lib/i18n";
import { safeNext } from "@/lib/next";
import type { MessageId } from "@/locales/ids";
import { Card } from "@/ui/Card";
import { Notice } from "@/ui/Notice";
import { Entry } from "./Entry";
import { Frame } from "./Frame";
import { Personas } from "./Personas";
import { useEnter } from "./useEnter";

const whys = ["expired", "elsewhere", "locked", "out"];

/** The front of the house: what it is, and the way in. */
export function SignInPage() {
  const t = useT();
  const search = useSearch({ from: "/sign-in" });
  const { data: app } = useApp();
  const enter = useEnter();
  const next = safeNext(search.next);
  // Whoever has begun needs no more telling; on a desk there is room for it.
  const [step, setStep] = useState("who");
  const isBegun = step !== "who";
  const why = search.why !== undefined && whys.includes(search.why) ? search.why : undefined;
  const intro = (
    <div className={cx(isBegun && "max-lg:sr-only")}>
      <h1 className="text-xl font-semibold tracking-tight text-balance lg:text-2xl">
        {t("auth.line")}
      </h1>
      <p className="mt-2 max-w-[44ch] text-muted">{t("auth.about")}</p>
    </div>
  );
  const more = app?.demo ? (
    <section
      aria-labelledby="try-as"
      className={cx("flex flex-col gap-3", isBegun && "max-lg:hidden")}
    >
      <div>
        <h2 id="try-as" className="text-lg font-semibold">
          {t("auth.try.title")}
        </h2>
        <p className="text-sm text-muted">{t("auth.try.text")}</p>
      </div>
      <Personas onEntered={(me) => enter(me, next)} />
    </section>
  ) : undefined;
  return (
    <Frame title={t("auth.signIn")} intro={intro} more={more}>
      {why && !isBegun && (
        <div role="status" className="mb-4">
          <Notice tone={why === "locked" ? "warning" : "calm"}>
            <p>{rich(`auth.why.${why}` as MessageId, {})}</p>
          </Notice>
        </div>
      )}
      <Card className="p-5 md:p-6">
        <Entry next={next} onStep={setStep} />
      </Card>
    </Frame>
  );
}

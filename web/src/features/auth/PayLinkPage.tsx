import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { UserRoundX } from "lucide-react";
import { useApp } from "@/api/app/get-app";
import { publicCardQuery } from "@/api/people/get-public-card";
import { rich, useT } from "@/lib/i18n";
import { isProblem } from "@/lib/problem";
import { Avatar } from "@/ui/Avatar";
import { buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Skeleton } from "@/ui/Skeleton";
import { Frame } from "./Frame";

/** What a pay link shows to anybody: whose it is, and the way to pay them. */
export function PayLinkPage() {
  const t = useT();
  const { handle } = useParams({ from: "/u/$handle" });
  const { data: app } = useApp();
  const { data: person, error, refetch } = useQuery(publicCardQuery(handle.toLowerCase()));
  const isMissing = isProblem(error, "NOT_FOUND", "RECIPIENT_NOT_FOUND", "VALIDATION_ERROR");
  return (
    <Frame title={person ? t("auth.link.title", { name: person.display_name }) : t("nav.pay")}>
      <Card className="p-6">
        {isMissing ? (
          <EmptyState
            icon={<UserRoundX size={28} aria-hidden="true" />}
            title={t("auth.link.missing")}
            text={t("auth.link.missing.text")}
          >
            <Link to="/sign-in" className={buttonClass("secondary")}>
              {t("auth.start")}
            </Link>
          </EmptyState>
        ) : error ? (
          <ErrorPanel error={error} onRetry={() => void refetch()} />
        ) : person ? (
          <div className="flex flex-col items-center gap-4 py-4 text-center">
            <Avatar seed={person.avatar_seed} name={person.display_name} size={88} />
            <h1 className="text-xl font-semibold tracking-tight">
              {rich("auth.link.title", { name: <bdi>{person.display_name}</bdi> })}
            </h1>
            <p className="text-muted">
              <bdi dir="ltr">{`@${person.handle}`}</bdi>
            </p>
            <Link
              to="/pay"
              search={{ to: person.handle } as never}
              className={buttonClass("primary", true)}
            >
              {t("nav.pay")}
            </Link>
            <p className="text-sm text-muted">{t("auth.link.text")}</p>
            {app?.demo && <p className="text-sm text-muted">{t("auth.demo")}</p>}
          </div>
        ) : (
          <div className="flex flex-col items-center gap-4 py-4">
            <Skeleton className="size-22 rounded-full" />
            <Skeleton className="h-9 w-48" />
            <Skeleton className="h-6 w-24" />
            <Skeleton className="h-11 w-full" />
          </div>
        )}
      </Card>
    </Frame>
  );
}

import { BadgeCheck, CircleX, Hourglass, IdCard } from "lucide-react";
import { useLimits } from "@/api/limits/get-limits";
import { useVerification, type Verification } from "@/api/verification/get-verification";
import { useT } from "@/lib/i18n";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Notice } from "@/ui/Notice";
import { Page } from "@/ui/Page";
import { SkeletonRows } from "@/ui/Skeleton";
import { Allowed } from "./Allowed";
import { DocumentPart } from "./DocumentPart";
import { FactsPart } from "./FactsPart";
import { Section } from "./Section";

const shown = {
  none: { tone: "calm", icon: <IdCard size={20} aria-hidden="true" className="shrink-0" /> },
  pending: {
    tone: "warning",
    icon: <Hourglass size={20} aria-hidden="true" className="shrink-0 text-warning" />,
  },
  verified: {
    tone: "good",
    icon: <BadgeCheck size={20} aria-hidden="true" className="shrink-0 text-money-in" />,
  },
  refused: {
    tone: "bad",
    icon: <CircleX size={20} aria-hidden="true" className="shrink-0 text-danger" />,
  },
} as const;

function Shown({ where }: { where: Verification }) {
  const t = useT();
  const { data: limits } = useLimits();
  const { state, needs } = where;
  const wantsDocument = needs.includes("document");
  const tier = Math.min(where.tier, 2) as 0 | 1 | 2;
  return (
    <div className="flex flex-col gap-6">
      <div role="status">
        <Notice
          tone={shown[state].tone}
          icon={shown[state].icon}
          title={
            state === "verified"
              ? t(`settings.tier.${tier}` as const)
              : t(`settings.verification.${state}` as const)
          }
        >
          {t(`settings.verification.text.${state}` as const)}
        </Notice>
      </div>
      {limits && (
        <Section title={t("settings.verification.now")}>
          <div className="p-4">
            <Allowed
              limits={{
                per_payment: limits.per_payment,
                day: limits.day.limit,
                week: limits.week.limit,
              }}
              currency={limits.currency}
            />
          </div>
        </Section>
      )}
      {limits?.next_tier && (
        <Section
          title={t("settings.verification.next")}
          text={t(limits.next_tier.tier === 1 ? "settings.limits.how1" : "settings.limits.how2")}
        >
          <div className="p-4">
            <Allowed limits={limits.next_tier} currency={limits.currency} />
          </div>
        </Section>
      )}
      {needs.includes("legal_name") && (
        <Section title={t("settings.facts.title")}>
          <div className="p-4">
            <FactsPart />
          </div>
        </Section>
      )}
      {wantsDocument && (
        <Section title={t("settings.document.title")} text={t("settings.document.text")}>
          <div className="p-4">
            <DocumentPart isMore={state === "pending"} />
          </div>
        </Section>
      )}
    </div>
  );
}

/** Who I am in law: what is known, what it allows, and what would allow more. */
export function VerificationPage() {
  const t = useT();
  const found = useVerification();
  return (
    <Page title={t("settings.menu.verification")} back="/settings">
      {found.isPending && <SkeletonRows count={4} label={t("ui.loading")} />}
      {found.isError && <ErrorPanel error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <Shown where={found.data} />}
    </Page>
  );
}

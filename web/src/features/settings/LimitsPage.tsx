import { Link } from "@tanstack/react-router";
import { type Limits, useLimits } from "@/api/limits/get-limits";
import { useT } from "@/lib/i18n";
import { buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { MoneyText } from "@/ui/MoneyText";
import { Page } from "@/ui/Page";
import { SkeletonRows } from "@/ui/Skeleton";
import { Allowed } from "./Allowed";
import { Meter } from "./Meter";
import { Section } from "./Section";

function Each({ label, minor, currency }: { label: string; minor: number; currency: string }) {
  return (
    <p className="flex min-h-13 flex-wrap items-center justify-between gap-x-4 px-4 py-2">
      <span className="font-semibold">{label}</span>
      <MoneyText minor={minor} currency={currency} className="font-semibold" />
    </p>
  );
}

function Shown({ limits }: { limits: Limits }) {
  const t = useT();
  const { currency, bank, next_tier } = limits;
  return (
    <div className="flex flex-col gap-6">
      <Section title={t("settings.limits.sending")} text={t("settings.limits.rolling")}>
        <div className="divide-y divide-line">
          <Each
            label={t("settings.limits.payment")}
            minor={limits.per_payment}
            currency={currency}
          />
          <Meter label={t("settings.limits.day")} window={limits.day} currency={currency} />
          <Meter label={t("settings.limits.week")} window={limits.week} currency={currency} />
        </div>
      </Section>
      {bank && (
        <Section title={t("settings.limits.bank")} text={t("settings.limits.bankText")}>
          <div className="divide-y divide-line">
            <Meter label={t("settings.limits.in")} window={bank.money_in} currency={currency} />
            <Meter label={t("settings.limits.out")} window={bank.money_out} currency={currency} />
            <Each
              label={t("settings.limits.withdrawal")}
              minor={bank.per_withdrawal}
              currency={currency}
            />
            {bank.credit.limit > 0 && (
              <Meter label={t("settings.limits.credit")} window={bank.credit} currency={currency} />
            )}
          </div>
        </Section>
      )}
      {next_tier ? (
        <section aria-labelledby="raise">
          <h2 id="raise" className="text-lg font-semibold">
            {t("settings.limits.raise")}
          </h2>
          <Card className="mt-2 flex flex-col items-start gap-3 p-4">
            <p>{t(next_tier.tier === 1 ? "settings.limits.how1" : "settings.limits.how2")}</p>
            <Allowed limits={next_tier} currency={currency} />
            <Link to="/settings/verification" className={buttonClass("secondary")}>
              {t("settings.limits.verify")}
            </Link>
          </Card>
        </section>
      ) : (
        <p className="text-sm text-muted">{t("settings.limits.highest")}</p>
      )}
    </div>
  );
}

/** What may be sent, what counts already, and how to be allowed more. */
export function LimitsPage() {
  const t = useT();
  const found = useLimits();
  return (
    <Page title={t("settings.menu.limits")} back="/settings">
      {found.isPending && <SkeletonRows count={4} label={t("ui.loading")} />}
      {found.isError && <ErrorPanel error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <Shown limits={found.data} />}
    </Page>
  );
}

import type { Report } from "@/api/reports/get-reports";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { fullTime } from "@/lib/time";

/** What was said, by the person and by us, in order. */
export function Said({ report }: { report: Report }) {
  const t = useT();
  return (
    <section aria-labelledby="said">
      <h2 id="said" className="mb-2 text-sm font-semibold text-muted">
        {t("report.messages")}
      </h2>
      <ol className="flex flex-col gap-3" data-testid="report-messages">
        {report.messages.map(({ at, by, text }) => (
          <li
            key={at + by}
            className={cx(
              "max-w-[88%] rounded-card px-4 py-3",
              by === "user" ? "self-end bg-tint" : "self-start border border-line bg-card",
            )}
          >
            <p className="flex flex-wrap justify-between gap-x-4 text-sm">
              <span className="font-semibold">
                {t(by === "user" ? "report.by.user" : "report.by.team")}
              </span>
              <time dateTime={at} className="text-muted">
                {fullTime(at)}
              </time>
            </p>
            <p dir="auto" className="mt-1 whitespace-pre-line">
              {text}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

import { CircleAlert, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { useT } from "@/lib/i18n";
import { isProblem, type Problem } from "@/lib/problem";
import { useWaitOf } from "@/lib/wait";
import type { MessageId } from "@/locales/ids";
import { Button } from "./Button";

/** Codes that have words of their own in every language: `error.CODE.title`, `error.CODE.text`. */
const known = [
  "INVALID_AMOUNT",
  "INVALID_RECIPIENT",
  "MISSING_FIELD",
  "VALIDATION_ERROR",
  "BODY_TOO_LARGE",
  "IDEMPOTENCY_KEY_MISSING",
  "INVALID_CURSOR",
  "IDEMPOTENCY_KEY_REUSED",
  "INSUFFICIENT_FUNDS",
  "DAILY_LIMIT_EXCEEDED",
  "WEEKLY_LIMIT_EXCEEDED",
  "RECIPIENT_NOT_FOUND",
  "NOT_FOUND",
  "ACCOUNT_FROZEN",
  "PAYMENT_METHOD_INVALID",
  "PAYMENT_METHOD_DECLINED",
  "PAYMENT_REJECTED",
  "STEP_UP_REQUIRED",
  "SIGN_IN_REQUIRED",
  "SIGN_IN_FAILED",
  "CHALLENGE_FAILED",
  "CHALLENGE_EXPIRED",
  "REQUEST_CLOSED",
  "DUPLICATE_ENTRY",
  "SOURCE_IN_USE",
  "STATE_CONFLICT",
  "FORBIDDEN",
  "VERIFICATION_REQUIRED",
  "RATE_LIMITED",
  "EXTERNAL_SERVICE_ERROR",
  "DATABASE_ERROR",
  "OVERLOADED",
  "INTERNAL_ERROR",
  "NO_ANSWER",
] as const;
type Known = (typeof known)[number];

function isKnown(code: string): code is Known {
  return (known as readonly string[]).includes(code);
}

/** Gives title and text of a failure in the language of the app. */
export function useErrorWords(): (error: unknown) => { title: string; text: string } {
  const t = useT();
  return (error) => {
    const problem = isProblem(error) ? error : undefined;
    const code: Known = problem && isKnown(problem.code) ? problem.code : "INTERNAL_ERROR";
    // The server's own words carry figures (what is left, until when): English shows these.
    const own = document.documentElement.lang === "en" ? problem?.detail : undefined;
    const text = t(`error.${code}.text` as MessageId, {
      seconds: problem?.retryAfter ?? 1,
      reference: problem?.requestId ?? "–",
    });
    return { title: t(`error.${code}.title` as MessageId), text: own || text };
  };
}

interface Props {
  error: unknown;
  /** Offered only where trying again may help. */
  onRetry?: (() => void) | undefined;
  children?: ReactNode;
}

function mayRetry(problem: Problem | undefined): boolean {
  return problem?.retryable ?? true;
}

/** What happened, whether money moved, what to do. */
export function ErrorPanel({ error, onRetry, children }: Props) {
  const t = useT();
  const { title, text } = useErrorWords()(error);
  const Icon = isProblem(error, "NO_ANSWER") ? WifiOff : CircleAlert;
  const problem = isProblem(error) ? error : undefined;
  const isEarly = useWaitOf(error) > 0;
  return (
    <div role="alert" className="flex gap-3 rounded-card bg-danger-tint p-4 text-sm">
      <Icon size={20} aria-hidden="true" className="mt-0.5 shrink-0 text-danger" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{title}</p>
        <p>{text}</p>
        {(children || (onRetry && mayRetry(problem))) && (
          <div className="mt-3 flex flex-wrap gap-2">
            {onRetry && mayRetry(problem) && (
              <Button look="secondary" isResting={isEarly} onClick={onRetry}>
                {t("ui.retry")}
              </Button>
            )}
            {children}
          </div>
        )}
      </div>
    </div>
  );
}

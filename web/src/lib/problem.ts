/** A refusal of the API (RFC 9457), or the lack of an answer. What every failed call throws. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly field: string | undefined;
  /** One entry for each field that is wrong: {field, code, message}. */
  readonly errors: readonly Record<string, string>[];
  readonly retryable: boolean;
  readonly moneyMoved: "no" | "yes" | "unknown";
  readonly requestId: string | undefined;
  /** Seconds. */
  readonly retryAfter: number | undefined;
  readonly reason: string | undefined;
  /** The whole document, for members that one code alone has (payment_id, challenge …). */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(body: Record<string, unknown>, status: number) {
    const text = (name: string) =>
      typeof body[name] === "string" ? (body[name] as string) : undefined;
    super(text("detail") ?? text("title") ?? `HTTP ${status}`);
    this.name = "Problem";
    this.body = body;
    this.status = status;
    this.code = text("code") ?? "INTERNAL_ERROR";
    this.title = text("title") ?? "";
    this.detail = text("detail") ?? "";
    this.field = text("field");
    this.errors = Array.isArray(body.errors) ? (body.errors as Record<string, string>[]) : [];
    this.retryable = body.retryable === true;
    const { money_moved: moved } = body;
    // What carries no code is not the server's word, but that of something in between: it knows
    // nothing of the money.
    if (text("code") === undefined) this.moneyMoved = "unknown";
    else this.moneyMoved = moved === "yes" || moved === "unknown" ? moved : "no";
    this.requestId = text("request_id");
    this.retryAfter = typeof body.retry_after === "number" ? body.retry_after : undefined;
    this.reason = text("reason");
  }

  /** No answer came: the line is cut, or it took too long. What was sent may have happened. */
  static noAnswer(): Problem {
    return new Problem({ code: "NO_ANSWER", retryable: true, money_moved: "unknown" }, 0);
  }

  /** What is wrong with one field of a form, if this refusal names it. */
  of(field: string): string | undefined {
    const entry = this.errors.find((error) => error.field === field);
    return entry?.message ?? (this.field === field ? this.detail : undefined);
  }
}

export function isProblem(error: unknown, ...codes: string[]): error is Problem {
  return error instanceof Problem && (codes.length === 0 || codes.includes(error.code));
}

/**
 * Whether a failure leaves open what became of what was sent: the server does not know, or it had
 * no time or was not let to look, where an earlier try has had no answer (`isLost`). It may know
 * when it is asked once more.
 */
export function isSilence(error: unknown, isLost: boolean): boolean {
  if (!isProblem(error) || error.moneyMoved === "unknown") return true;
  const isUnasked = isProblem(error, "SIGN_IN_REQUIRED", "STEP_UP_REQUIRED");
  return isLost && (error.retryable || isUnasked);
}

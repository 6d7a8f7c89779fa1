import { expect, it } from "vitest";
import { isSilence, Problem } from "./problem";

const problem = (code: string, more = {}) => new Problem({ code, money_moved: "no", ...more }, 400);

it("knows nothing of the money where the answer is not the server's", () => {
  expect(new Problem({}, 502).moneyMoved).toBe("unknown");
  expect(new Problem({ error: "bad gateway" }, 504).moneyMoved).toBe("unknown");
  expect(new Problem({ code: "INSUFFICIENT_FUNDS" }, 422).moneyMoved).toBe("no");
  expect(problem("OVERLOADED").moneyMoved).toBe("no");
  expect(problem("DATABASE_ERROR", { money_moved: "unknown" }).moneyMoved).toBe("unknown");
});

it("knows which failures leave open what became of it", () => {
  for (const isLost of [false, true]) {
    expect(isSilence(Problem.noAnswer(), isLost)).toBe(true);
    expect(isSilence(new Problem({}, 504), isLost)).toBe(true);
    expect(isSilence(new Error("cut"), isLost)).toBe(true);
    expect(isSilence(problem("DATABASE_ERROR", { money_moved: "unknown" }), isLost)).toBe(true);
    expect(isSilence(problem("INSUFFICIENT_FUNDS"), isLost)).toBe(false);
  }
});

it.each(["OVERLOADED", "RATE_LIMITED", "SIGN_IN_REQUIRED", "STEP_UP_REQUIRED"])(
  "takes %s for an answer only where no earlier try was lost",
  (code) => {
    const retryable = code === "OVERLOADED" || code === "RATE_LIMITED";
    expect(isSilence(problem(code, { retryable }), false)).toBe(false);
    expect(isSilence(problem(code, { retryable }), true)).toBe(true);
  },
);

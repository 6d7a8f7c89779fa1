import type { components } from "@/api/schema";

export type MoneyRequest = components["schemas"]["RequestView"];

const states = {
  PENDING: { label: "requests.state.PENDING", tone: "waiting" },
  PAID: { label: "requests.state.PAID", tone: "good" },
  DECLINED: { label: "requests.state.DECLINED", tone: "calm" },
  CANCELLED: { label: "requests.state.CANCELLED", tone: "calm" },
  EXPIRED: { label: "requests.state.EXPIRED", tone: "calm" },
} as const;

const paying = { label: "requests.state.paying", tone: "waiting" } as const;

/** The state of a request in words; one that a payment is at says so. */
export function stateOf(request: MoneyRequest) {
  if (request.is_being_paid) return paying;
  return states[request.state as keyof typeof states] ?? states.PENDING;
}

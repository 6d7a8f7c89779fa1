/** What tabs of one browser tell each other. */
export type News = { what: "out" } | { what: "in"; id: string };

const channel = "BroadcastChannel" in window ? new BroadcastChannel("quid") : undefined;

export function tellTabs(news: News): void {
  channel?.postMessage(news);
}

/** Calls with what other tabs tell, until the answer is called. */
export function hearTabs(heard: (news: News) => void): () => void {
  const hear = (event: MessageEvent<News>) => heard(event.data);
  channel?.addEventListener("message", hear);
  return () => channel?.removeEventListener("message", hear);
}

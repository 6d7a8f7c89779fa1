import { Page } from "@/ui/Page";

export function RequestsPage() {
  return <Page title="RequestsPage">{null}</Page>;
}

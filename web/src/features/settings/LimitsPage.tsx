import { Page } from "@/ui/Page";

export function LimitsPage() {
  return <Page title="LimitsPage">{null}</Page>;
}

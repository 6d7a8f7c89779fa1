import { Page } from "@/ui/Page";

export function ActivityPage() {
  return <Page title="ActivityPage">{null}</Page>;
}

import { Page } from "@/ui/Page";

export function RequestPage() {
  return <Page title="RequestPage">{null}</Page>;
}

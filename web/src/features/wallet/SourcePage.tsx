import { Page } from "@/ui/Page";

export function SourcePage() {
  return <Page title="SourcePage">{null}</Page>;
}

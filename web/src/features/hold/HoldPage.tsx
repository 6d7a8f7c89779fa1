import { Page } from "@/ui/Page";

export function HoldPage() {
  return <Page title="HoldPage">{null}</Page>;
}

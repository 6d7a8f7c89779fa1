import { Page } from "@/ui/Page";

export function LookPage() {
  return <Page title="LookPage">{null}</Page>;
}

import { Page } from "@/ui/Page";

export function SecurityPage() {
  return <Page title="SecurityPage">{null}</Page>;
}

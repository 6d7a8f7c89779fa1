import { Page } from "@/ui/Page";

export function PayLinkPage() {
  return <Page title="PayLinkPage">{null}</Page>;
}

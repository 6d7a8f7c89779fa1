import { Page } from "@/ui/Page";

export function QrPage() {
  return <Page title="QrPage">{null}</Page>;
}

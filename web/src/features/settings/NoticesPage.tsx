import { Page } from "@/ui/Page";

export function NoticesPage() {
  return <Page title="NoticesPage">{null}</Page>;
}

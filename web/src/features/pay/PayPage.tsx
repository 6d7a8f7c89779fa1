import { Page } from "@/ui/Page";

export function PayPage() {
  return <Page title="PayPage">{null}</Page>;
}

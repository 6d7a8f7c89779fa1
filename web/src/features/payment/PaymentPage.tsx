import { Page } from "@/ui/Page";

export function PaymentPage() {
  return <Page title="PaymentPage">{null}</Page>;
}

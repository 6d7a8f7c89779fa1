import { Page } from "@/ui/Page";

export function DepositPage() {
  return <Page title="DepositPage">{null}</Page>;
}

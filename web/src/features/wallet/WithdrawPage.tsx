import { Page } from "@/ui/Page";

export function WithdrawPage() {
  return <Page title="WithdrawPage">{null}</Page>;
}

import { Page } from "@/ui/Page";

export function WalletPage() {
  return <Page title="WalletPage">{null}</Page>;
}

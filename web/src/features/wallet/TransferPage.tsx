import { Page } from "@/ui/Page";

export function TransferPage() {
  return <Page title="TransferPage">{null}</Page>;
}

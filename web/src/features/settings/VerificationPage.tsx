import { Page } from "@/ui/Page";

export function VerificationPage() {
  return <Page title="VerificationPage">{null}</Page>;
}

import { Page } from "@/ui/Page";

export function RecoverPage() {
  return <Page title="RecoverPage">{null}</Page>;
}

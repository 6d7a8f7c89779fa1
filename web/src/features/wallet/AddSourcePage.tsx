import { Page } from "@/ui/Page";

export function AddSourcePage() {
  return <Page title="AddSourcePage">{null}</Page>;
}

import { Page } from "@/ui/Page";

export function NotificationsPage() {
  return <Page title="NotificationsPage">{null}</Page>;
}

import { useBefriend } from "@/api/friends/befriend";
import { useFriends } from "@/api/friends/get-friends";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";

/** An ask that is open still is answered where it is read. */
export function FriendAsk({ userId, name }: { userId: string; name: string }) {
  const t = useT();
  const asks = useFriends("pending");
  const befriend = useBefriend();
  const isOpen = asks.data?.pages
    .flatMap((page) => page.items)
    .some((friend) => friend.user.id === userId && !friend.asked_by_me);
  if (!isOpen) return null;
  const answer = (isWanted: boolean) => befriend.mutate({ userId, isWanted });
  return (
    <div className="relative z-10 mt-2 flex flex-wrap gap-2 ps-14">
      <Button
        isBusy={befriend.isPending}
        aria-label={t("notifications.acceptName", { name })}
        onClick={() => answer(true)}
      >
        {t("notifications.accept")}
      </Button>
      <Button
        look="secondary"
        disabled={befriend.isPending}
        aria-label={t("notifications.declineName", { name })}
        onClick={() => answer(false)}
      >
        {t("notifications.decline")}
      </Button>
      {befriend.error && <ErrorPanel error={befriend.error} />}
    </div>
  );
}

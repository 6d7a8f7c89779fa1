import type { FeedItem } from "@/api/feed/get-feed";
import { useMe } from "@/api/me/get-me";
import { FeedWords } from "@/ui/FeedCard";
import { MoneyText } from "@/ui/MoneyText";
import { Head } from "./Head";
import { Talk } from "./Talk";

/** A payment between others, as they show it. */
export function Seen({ item }: { item: FeedItem }) {
  const meId = useMe().data?.id;
  return (
    <div className="flex flex-col gap-6">
      <Head
        {...item}
        words={<FeedWords item={item} meId={meId} />}
        amount={
          item.amount !== null && (
            <MoneyText
              minor={item.amount}
              currency={item.currency}
              className="text-2xl font-semibold tracking-tight"
            />
          )
        }
        at={item.completed_at}
        audience={item.visibility}
      />
      <Talk item={item} />
    </div>
  );
}

import { useLocation } from "@tanstack/react-router";
import { Heart } from "lucide-react";
import { useEffect, useRef } from "react";
import { useComments } from "@/api/feed/get-comments";
import type { FeedItem } from "@/api/feed/get-feed";
import { useLike } from "@/api/feed/like";
import { cx } from "@/lib/cx";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { SkeletonRows } from "@/ui/Skeleton";
import { CommentForm } from "./CommentForm";
import { CommentRow } from "./CommentRow";

/** Likes and comments, the oldest first. */
export function Talk({ item }: { item: FeedItem }) {
  const t = useT();
  const like = useLike();
  const comments = useComments(item.id);
  const heading = useRef<HTMLHeadingElement>(null);
  const box = useComeHere(comments.isSuccess);
  const all = comments.data?.pages.flatMap((page) => page.items) ?? [];
  const { liked_by_me: isLiked, like_count: likes } = item;
  return (
    <section ref={box} id="comments" className="scroll-mt-20">
      <Card className="p-4">
        <div className="flex min-h-11 items-center justify-between gap-2">
          <h2 ref={heading} tabIndex={-1} className="font-semibold outline-none">
            {t("payment.comments", { count: item.comment_count })}
          </h2>
          <button
            type="button"
            aria-pressed={isLiked}
            aria-label={t("feed.like", { count: likes })}
            onClick={() => like.mutate({ id: item.id, isLiked: !isLiked })}
            className={cx(
              "tabular -me-2.5 inline-flex min-h-11 min-w-11 items-center justify-center gap-1.5 rounded-full px-2.5 text-sm hover:bg-sunk",
              isLiked ? "text-primary" : "text-muted hover:text-text",
            )}
          >
            <Heart
              key={String(isLiked)}
              size={20}
              aria-hidden="true"
              fill={isLiked ? "currentColor" : "none"}
              className={isLiked ? "pop" : undefined}
            />
            {likes > 0 && <span>{likes}</span>}
          </button>
        </div>
        {comments.isPending && <SkeletonRows count={2} label={t("ui.loading")} />}
        {comments.error && !comments.data && (
          <ErrorPanel error={comments.error} onRetry={() => void comments.refetch()} />
        )}
        {comments.data && all.length === 0 && (
          <p className="text-sm text-muted">{t("payment.comments.none")}</p>
        )}
        <ol data-testid="comments" className="flex flex-col">
          {all.map((comment) => (
            <CommentRow
              key={comment.id}
              paymentId={item.id}
              comment={comment}
              onDelete={() => heading.current?.focus()}
            />
          ))}
        </ol>
        {comments.hasNextPage && (
          <Button
            look="quiet"
            isBusy={comments.isFetchingNextPage}
            onClick={() => void comments.fetchNextPage()}
          >
            {t("ui.more")}
          </Button>
        )}
        {comments.data && <CommentForm paymentId={item.id} />}
      </Card>
    </section>
  );
}

/** Who came for the comments is led to them once they stand. */
function useComeHere(isThere: boolean) {
  const box = useRef<HTMLElement>(null);
  const { hash } = useLocation();
  useEffect(() => {
    if (isThere && hash === "comments") box.current?.scrollIntoView({ block: "start" });
  }, [isThere, hash]);
  return box;
}

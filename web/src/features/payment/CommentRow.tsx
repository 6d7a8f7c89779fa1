import { Link } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { toast } from "sonner";
import { useDeleteComment } from "@/api/feed/comment";
import type { Comment } from "@/api/feed/get-comments";
import { useT } from "@/lib/i18n";
import { fullTime, relative } from "@/lib/time";
import { Avatar } from "@/ui/Avatar";
import { IconButton } from "@/ui/IconButton";

interface Props {
  paymentId: string;
  comment: Comment;
  /** Its button goes with it: somebody else has to take the focus. */
  onDelete: () => void;
}

/** What somebody wrote; who wrote it, and the two people of the payment, may delete it. */
export function CommentRow({ paymentId, comment, onDelete }: Props) {
  const t = useT();
  const remove = useDeleteComment(paymentId);
  const { author, at, text } = comment;
  return (
    <li className="flex gap-3 py-2.5">
      <Avatar seed={author.avatar_seed} name={author.display_name} size={32} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <Link
            to="/people/$handle"
            params={{ handle: author.handle }}
            className="font-semibold hover:underline"
          >
            <bdi>{author.display_name}</bdi>
          </Link>
          <time dateTime={at} title={fullTime(at)} className="text-sm text-muted">
            {relative(at)}
          </time>
        </p>
        <p dir="auto" className="whitespace-pre-line">
          {text}
        </p>
      </div>
      {comment.can_delete && (
        <IconButton
          label={t("payment.comment.delete", { name: author.display_name })}
          onClick={() => {
            onDelete();
            remove.mutate(comment.id, { onError: () => toast(t("payment.comment.kept")) });
          }}
          className="-me-2.5 -mt-1.5"
        >
          <Trash2 size={18} aria-hidden="true" />
        </IconButton>
      )}
    </li>
  );
}

import { type FormEvent, useRef, useState } from "react";
import { useAddComment } from "@/api/feed/comment";
import { useMe } from "@/api/me/get-me";
import { useT } from "@/lib/i18n";
import { keyKeeper } from "@/lib/keys";
import { isProblem } from "@/lib/problem";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { TextArea } from "@/ui/Field";

const HIGH = 500;

/** Writes a comment; it stands at once, and comes back into the field if it was refused. */
export function CommentForm({ paymentId }: { paymentId: string }) {
  const t = useT();
  const { data: me } = useMe();
  const add = useAddComment(paymentId);
  const [keyOf, setKeyOf] = useState(() => keyKeeper());
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const plain = text.normalize("NFC").trim();
  const used = [...plain].length;
  const isLong = used > HIGH;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    field.current?.focus();
    if (used === 0 || isLong || add.isPending) return;
    setText("");
    add.mutate(
      { text: plain, key: keyOf(plain) },
      {
        onSuccess: () => setKeyOf(() => keyKeeper()),
        onError: () => setText((later) => (later === "" ? plain : `${plain}\n${later}`)),
      },
    );
  };
  const wrong = isProblem(add.error) ? add.error.of("text") : undefined;
  return (
    <>
      {add.isPending && me && (
        <div className="flex gap-3 py-2.5 opacity-60">
          <Avatar seed={me.avatar_seed} name={me.display_name} size={32} />
          <div className="min-w-0 flex-1">
            <p className="font-semibold">
              <bdi>{me.display_name}</bdi>
            </p>
            <p dir="auto" className="whitespace-pre-line">
              {add.variables.text}
            </p>
          </div>
        </div>
      )}
      <form noValidate onSubmit={submit} className="mt-3 flex flex-col gap-3">
        <TextArea
          ref={field}
          label={t("payment.comment")}
          rows={2}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
          }}
          hint={used > 0 ? t("payment.comment.counter", { used, high: HIGH }) : undefined}
          error={isLong ? t("payment.comment.long", { high: HIGH }) : wrong}
        />
        {add.error && wrong === undefined && <ErrorPanel error={add.error} />}
        <Button
          type="submit"
          look="secondary"
          className="self-end"
          disabled={used === 0 || isLong}
          data-testid="comment-send"
        >
          {t("payment.comment.send")}
        </Button>
      </form>
    </>
  );
}

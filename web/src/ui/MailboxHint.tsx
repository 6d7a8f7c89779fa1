import { useApp } from "@/api/app/get-app";
import { rich, useT } from "@/lib/i18n";

/** Where the mails of a demo are: nothing is really sent. */
export function MailboxHint() {
  useT();
  const mailbox = useApp().data?.mailbox;
  if (!mailbox) return null;
  return (
    <p className="text-sm text-muted">
      {rich("auth.mailbox", {
        link: (
          <a href={mailbox} target="_blank" rel="noreferrer" className="text-primary underline">
            {rich("auth.mailbox.link", {})}
          </a>
        ),
      })}
    </p>
  );
}

import { UserCheck, UserPlus } from "lucide-react";
import { useState } from "react";
import { useBefriend } from "@/api/friends/befriend";
import type { Profile } from "@/api/people/get-person";
import { useT } from "@/lib/i18n";
import { Button } from "@/ui/Button";
import { ConfirmSheet } from "@/ui/ConfirmSheet";
import { ErrorPanel } from "@/ui/ErrorPanel";

type Person = Pick<Profile, "id" | "display_name" | "friendship">;

/** What two people are to each other, and how that may change. */
export function Befriending({ person }: { person: Person }) {
  const t = useT();
  const befriend = useBefriend();
  const [isParting, setParting] = useState(false);
  const run = (isWanted: boolean) =>
    befriend.mutate({ userId: person.id, isWanted }, { onSuccess: () => setParting(false) });
  const shown = person.friendship;
  return (
    <>
      {shown === "none" && (
        <Button look="secondary" isBusy={befriend.isPending} onClick={() => run(true)}>
          <UserPlus size={20} aria-hidden="true" />
          {t("people.ask")}
        </Button>
      )}
      {shown === "asked_by_me" && (
        <Button look="secondary" isBusy={befriend.isPending} onClick={() => run(false)}>
          {t("people.takeBack")}
        </Button>
      )}
      {shown === "asks_me" && (
        <>
          <Button isBusy={befriend.isPending} onClick={() => run(true)}>
            {t("people.accept")}
          </Button>
          <Button look="secondary" disabled={befriend.isPending} onClick={() => run(false)}>
            {t("people.decline")}
          </Button>
        </>
      )}
      {shown === "friends" && (
        <Button look="secondary" onClick={() => setParting(true)}>
          <UserCheck size={20} aria-hidden="true" />
          {t("people.friends")}
        </Button>
      )}
      {befriend.error && !isParting && (
        <div className="w-full">
          <ErrorPanel error={befriend.error} />
        </div>
      )}
      <ConfirmSheet
        isOpen={isParting}
        onClose={() => {
          setParting(false);
          befriend.reset();
        }}
        title={t("people.part.title", { name: person.display_name })}
        text={t("people.part.text")}
        act={t("people.part.do")}
        isBusy={befriend.isPending}
        error={befriend.error}
        onDo={() => run(false)}
      />
    </>
  );
}

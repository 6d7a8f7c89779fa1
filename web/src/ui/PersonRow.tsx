import type { ReactNode } from "react";
import { Avatar } from "./Avatar";

export interface Person {
  handle: string;
  display_name: string;
  avatar_seed: string;
}

interface Props {
  person: Person;
  /** What else is said of them: mutual friends, "paid 3×". */
  detail?: ReactNode;
  end?: ReactNode;
}

/** A person in a list. The row around it (a link, a button) is the caller's. */
export function PersonRow({ person, detail, end }: Props) {
  return (
    <span className="flex min-h-14 w-full min-w-0 items-center gap-3 py-2 text-start">
      <Avatar seed={person.avatar_seed} name={person.display_name} />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-semibold">
          <bdi>{person.display_name}</bdi>
        </span>
        <span className="block truncate text-sm text-muted">
          <bdi dir="ltr">{`@${person.handle}`}</bdi>
          {detail !== undefined && detail !== null && (
            <>
              {" · "}
              {detail}
            </>
          )}
        </span>
      </span>
      {end}
    </span>
  );
}

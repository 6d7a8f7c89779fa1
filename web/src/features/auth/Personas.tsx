import { useMutation } from "@tanstack/react-query";
import { become } from "@/api/demo/become";
import { usePersonas } from "@/api/demo/get-people";
import type { Me } from "@/api/me/get-me";
import { useT } from "@/lib/i18n";
import type { MessageId } from "@/locales/ids";
import { Avatar } from "@/ui/Avatar";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Spinner } from "@/ui/Spinner";

const known = ["ana", "ben", "cleo", "dot", "shop", "finn", "gus", "hal"];

/** The people of the demo: one tap, and one is them. */
export function Personas({ onEntered }: { onEntered: (me: Me) => void }) {
  const t = useT();
  const { data: people } = usePersonas(true);
  const entering = useMutation({ mutationFn: become, onSuccess: onEntered });
  return (
    <>
      {entering.error && <ErrorPanel error={entering.error} />}
      <ul className="grid gap-2 sm:grid-cols-2">
        {people?.map((person) => (
          <li key={person.handle}>
            <button
              type="button"
              data-testid={`persona-${person.handle}`}
              disabled={entering.isPending}
              onClick={() => entering.mutate(person.handle)}
              className="flex h-full min-h-16 w-full items-center gap-3 rounded-card border border-line bg-card px-3 py-2 text-start hover:bg-sunk"
            >
              <Avatar seed={person.avatar_seed} name={person.display_name} size={40} />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-semibold">
                  <bdi>{person.display_name}</bdi>
                </span>
                <span className="block text-sm text-muted">
                  {known.includes(person.handle)
                    ? t(`auth.line.${person.handle}` as MessageId)
                    : person.line}
                </span>
              </span>
              {entering.isPending && entering.variables === person.handle && <Spinner />}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { type UserCard, usePeopleSearch } from "@/api/people/search-people";
import { useT } from "@/lib/i18n";
import { useSettled } from "@/lib/wait";
import { ErrorPanel } from "./ErrorPanel";
import { type Person, PersonRow } from "./PersonRow";
import { SkeletonRows } from "./Skeleton";

const PAUSE_MS = 200;

export interface Found extends Person {
  id: string;
  member_since?: string | null;
  mutual_friends?: number;
  times_paid?: number;
  is_friend?: boolean;
}

interface Group {
  title: string;
  people: readonly Found[];
}

interface Props {
  label: string;
  onPick: (person: Found) => void;
  /** Shown while nothing is searched for. */
  groups: readonly Group[];
  isLoading?: boolean;
  /** Whoever searches. */
  self: string | undefined;
  empty: React.ReactNode;
}

/** What is said of somebody beside their handle. */
export function usePersonDetail(): (person: Found) => string | undefined {
  const t = useT();
  return (person) => {
    if (person.times_paid) return t("person.paidTimes", { count: person.times_paid });
    if (person.mutual_friends) return t("person.mutual", { count: person.mutual_friends });
    return person.is_friend ? t("person.friend") : undefined;
  };
}

/** Moves the focus between the field and the rows below it. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>("input, li > button")];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  event.preventDefault();
  stops[Math.min(Math.max(at + step, 0), stops.length - 1)]?.focus();
}

function Rows({ title, people, onPick }: Group & { onPick: (person: Found) => void }) {
  const detail = usePersonDetail();
  if (people.length === 0) return null;
  return (
    <section aria-label={title} className="mt-5">
      <h2 className="mb-1 text-sm font-semibold text-muted">{title}</h2>
      <ul className="-mx-2">
        {people.map((person) => (
          <li key={person.id}>
            <button
              type="button"
              onClick={() => onPick(person)}
              className="w-full rounded-card px-2 hover:bg-sunk"
            >
              <PersonRow person={person} detail={detail(person)} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Finds a person: by typing, or among those who are near. Arrows walk through the rows. */
export function PersonSearch({ label, onPick, groups, isLoading, self, empty }: Props) {
  const t = useT();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const query = useSettled(text.trim(), PAUSE_MS);
  const search = usePeopleSearch(query);
  const isAsking = [...text.trim()].length >= 2;
  // On a phone the keyboard would cover the people one most likely means.
  useEffect(() => {
    if (window.matchMedia("(pointer: fine)").matches) field.current?.focus();
  }, []);
  const found = (search.data ?? []).filter((card: UserCard) => card.id !== self);
  const isSettled = query === text.trim() && !search.isPlaceholderData && search.isSuccess;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrows walk through what is inside
    <div onKeyDown={walk}>
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <div className="relative">
        <Search
          size={20}
          aria-hidden="true"
          className="pointer-events-none absolute start-4 top-1/2 -translate-y-1/2 text-muted"
        />
        <input
          id={id}
          ref={field}
          type="search"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          placeholder={label}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            const [only] = found;
            if (event.key === "Enter" && only && isAsking && isSettled) onPick(only);
          }}
          className="min-h-12 w-full rounded-full border border-control bg-card ps-12 pe-4 placeholder:text-muted"
        />
      </div>
      <p role="status" className="sr-only">
        {isAsking && isSettled ? t("person.found", { count: found.length }) : ""}
      </p>
      {!isAsking && isLoading && <SkeletonRows label={t("ui.loading")} />}
      {!isAsking &&
        !isLoading &&
        groups.map((group) => <Rows key={group.title} {...group} onPick={onPick} />)}
      {!isAsking && !isLoading && groups.every(({ people }) => people.length === 0) && empty}
      {isAsking && search.error && (
        <div className="mt-4">
          <ErrorPanel error={search.error} onRetry={() => void search.refetch()} />
        </div>
      )}
      {isAsking && search.isPending && !search.error && <SkeletonRows label={t("ui.loading")} />}
      {isAsking && !search.error && search.isSuccess && (
        <Rows title={t("person.results")} people={found} onPick={onPick} />
      )}
      {isAsking && isSettled && found.length === 0 && (
        <p className="mt-8 text-center text-sm text-muted">{t("person.nobody")}</p>
      )}
    </div>
  );
}

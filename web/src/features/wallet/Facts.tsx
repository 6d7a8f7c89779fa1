interface Fact {
  term: string;
  text: string;
}

/** Terms and what they are, one to a line. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="divide-y divide-line px-4">
      {facts.map(({ term, text }) => (
        <div key={term} className="flex min-h-12 items-center justify-between gap-4 py-2">
          <dt className="shrink-0 text-sm text-muted">{term}</dt>
          <dd className="tabular min-w-0 text-end font-semibold">
            <bdi>{text}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Days as a date field writes them ("2026-03-02"), in the zone of the person. Pure. */

function parts(day: string): [number, number, number] | undefined {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  if (year === undefined) return undefined;
  const found: [number, number, number] = [Number(year), Number(month) - 1, Number(date)];
  const made = new Date(...found);
  return made.getMonth() === found[1] && made.getDate() === found[2] ? found : undefined;
}

/** The moment a day begins, as RFC 3339; undefined when it is none. */
export function dayStart(day: string | undefined): string | undefined {
  const found = parts(day ?? "");
  return found && new Date(...found).toISOString();
}

/** The moment a day is over: a range up to a day holds the whole of it. */
export function dayEnd(day: string | undefined): string | undefined {
  const found = parts(day ?? "");
  return found && new Date(found[0], found[1], found[2] + 1).toISOString();
}

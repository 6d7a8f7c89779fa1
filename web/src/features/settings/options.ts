interface Option {
  value: string;
  label: string;
}

/** The languages we write in; the one that somebody has stands as they have it ("de-AT"). Pure. */
export function languageOptions(known: Record<string, string>, current: string): Option[] {
  const base = current.split("-")[0] ?? "";
  const options = Object.entries(known).map(([tag, label]) => ({
    value: tag === base ? current : tag,
    label,
  }));
  return base in known ? options : [{ value: current, label: current }, ...options];
}

/** The time zones that the browser knows, and the one that is set. */
export function zoneOptions(current: string): Option[] {
  const zones = new Set([current, "UTC", ...Intl.supportedValuesOf("timeZone")]);
  return [...zones].sort().map((value) => ({ value, label: value.replaceAll("_", " ") }));
}

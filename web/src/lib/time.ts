import { locale } from "./i18n";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "5 minutes ago", "yesterday", "12 Mar": the nearer, the more it says of the distance. */
export function relative(at: string, now = Date.now()): string {
  const passed = now - Date.parse(at);
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style: "short" });
  if (Math.abs(passed) < MINUTE) return words.format(0, "second");
  if (Math.abs(passed) < HOUR) return words.format(-Math.round(passed / MINUTE), "minute");
  if (Math.abs(passed) < DAY) return words.format(-Math.round(passed / HOUR), "hour");
  if (Math.abs(passed) < 7 * DAY) return words.format(-Math.round(passed / DAY), "day");
  return shortDate(at);
}

/** A day in words. Dates without a time ("2026-03-02") are days, in no zone. */
export function shortDate(at: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(at);
  const date = new Date(isDay ? `${at}T12:00:00` : at);
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return new Intl.DateTimeFormat(locale(), {
    day: "numeric",
    month: "short",
    ...(isThisYear ? {} : { year: "numeric" }),
  }).format(date);
}

/** Day and time, as a title or on a receipt. */
export function fullTime(at: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(at),
  );
}

/** The heading under which a list groups what happened: today, yesterday, a day. */
export function dayName(at: string, now = new Date()): string {
  const start = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const days = Math.round((start(now).getTime() - start(new Date(at)).getTime()) / DAY);
  if (days === 0 || days === 1) {
    const words = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(-days, "day");
    return words.charAt(0).toLocaleUpperCase(locale()) + words.slice(1);
  }
  return new Intl.DateTimeFormat(locale(), {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(new Date(at).getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
  }).format(new Date(at));
}

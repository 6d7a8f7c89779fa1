import { type Messages, setupI18n } from "@lingui/core";
import { createElement, Fragment, type ReactNode, useSyncExternalStore } from "react";
import type { MessageId } from "@/locales/ids";

/** The languages of the app, each called by its own name. */
export const languages = {
  en: "English",
  es: "Español",
  de: "Deutsch",
  fr: "Français",
  ar: "العربية",
} as const;
export type Language = keyof typeof languages;

const loaders: Record<Language, () => Promise<{ messages: Messages }>> = {
  en: () => import("virtual:messages/en"),
  es: () => import("virtual:messages/es"),
  de: () => import("virtual:messages/de"),
  fr: () => import("virtual:messages/fr"),
  ar: () => import("virtual:messages/ar"),
};
const i18n = setupI18n();
const KEPT = "quid.language";

export type Values = Record<string, string | number>;
export type Translate = (id: MessageId, values?: Values) => string;

/** Says a message in the language of the app. Outside components; these use `useT`. */
export const t: Translate = (id, values) => i18n._(id, values);

/** Gives `t`, and renders again when the language changes. */
export function useT(): Translate {
  useSyncExternalStore(
    (changed) => i18n.on("change", changed),
    () => i18n.locale,
  );
  return t;
}

/** Says a message with elements in the places of some values: word order is the language's own. */
export function rich(
  id: MessageId,
  nodes: Record<string, ReactNode>,
  values: Values = {},
): ReactNode {
  const marks = Object.fromEntries(Object.keys(nodes).map((name) => [name, `\u0001${name}\u0001`]));
  return t(id, { ...values, ...marks })
    .split("\u0001")
    .map((part, at) => createElement(Fragment, { key: at }, at % 2 === 1 ? nodes[part] : part));
}

/** The BCP 47 tag that numbers and dates are written by. */
export function locale(): string {
  return i18n.locale || "en";
}

function isLanguage(tag: string): tag is Language {
  return tag in languages;
}

/** What was chosen here before, else the first of the browser's languages that we speak. */
export function preferred(): Language {
  const kept = localStorage.getItem(KEPT);
  const wanted = [kept ?? "", ...navigator.languages].map((tag) => tag.split("-")[0] ?? "");
  return wanted.find(isLanguage) ?? "en";
}

/** Loads a language and speaks it from here on. */
export async function speak(language: Language): Promise<void> {
  const { messages } = await loaders[language]();
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  i18n.loadAndActivate({ locale: language, messages });
}

/** Speaks a language and keeps the choice on this device. */
export async function choose(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language);
  await speak(language);
}

// Messages of a language as one module: src/locales/<language>/*.json, ICU compiled when built, so
// that no parser travels to the browser.
import { readdirSync, readFileSync } from "node:fs";
import { compileMessageOrThrow } from "@lingui/message-utils/compileMessage";

const folder = new URL("../src/locales/", import.meta.url);
const prefix = "virtual:messages/";

/** Gives all messages of a language by id, as written. */
export function written(language) {
  const found = {};
  for (const file of readdirSync(new URL(`${language}/`, folder)).sort()) {
    if (!file.endsWith(".json")) continue;
    Object.assign(found, JSON.parse(readFileSync(new URL(`${language}/${file}`, folder), "utf8")));
  }
  return found;
}

export function messages() {
  return {
    name: "messages",
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${prefix}`)) return undefined;
      const all = written(id.slice(prefix.length + 1));
      const compiled = Object.fromEntries(
        Object.entries(all).map(([key, text]) => [key, compileMessageOrThrow(text)]),
      );
      return `export const messages = ${JSON.stringify(compiled)};`;
    },
    handleHotUpdate({ file, server }) {
      if (!file.includes("/src/locales/")) return undefined;
      for (const [id, module] of server.moduleGraph.idToModuleMap) {
        if (id.startsWith(`\0${prefix}`)) server.moduleGraph.invalidateModule(module);
      }
      server.ws.send({ type: "full-reload" });
      return [];
    },
  };
}

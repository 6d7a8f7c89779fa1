// Nothing untranslated: every language has every message, with the same values in it, and every
// message is used.
import { readdirSync, readFileSync } from "node:fs";
import { compileMessageOrThrow } from "@lingui/message-utils/compileMessage";
import { written } from "./messages.mjs";

const root = new URL("../src/", import.meta.url);
const languages = readdirSync(new URL("locales/", root)).filter((name) => !name.includes("."));
const faults = [];

function values(compiled, found = new Set()) {
  if (!Array.isArray(compiled)) return found;
  for (const part of compiled) {
    if (!Array.isArray(part)) continue;
    found.add(part[0]);
    for (const option of Object.values(part[2] ?? {})) values(option, found);
  }
  return found;
}

const english = written("en");
const seen = new Map();
for (const file of readdirSync(new URL("locales/en/", root))) {
  for (const id of Object.keys(JSON.parse(readFileSync(new URL(`locales/en/${file}`, root))))) {
    if (seen.has(id)) faults.push(`${id}: in ${seen.get(id)} and in ${file}`);
    seen.set(id, file);
  }
}
for (const language of languages) {
  const all = written(language);
  for (const id of Object.keys(english)) {
    const text = all[id];
    if (typeof text !== "string" || text.trim() === "") {
      faults.push(`${language}: ${id} is missing`);
      continue;
    }
    try {
      const [ours, theirs] = [english[id], text].map((m) => [...values(compileMessageOrThrow(m))]);
      if (ours.sort().join() !== theirs.sort().join()) {
        faults.push(`${language}: ${id} has the values {${theirs}}, English {${ours}}`);
      }
    } catch (error) {
      faults.push(`${language}: ${id}: ${error.message}`);
    }
  }
  for (const id of Object.keys(all))
    if (!(id in english)) faults.push(`${language}: ${id} is not in English`);
}

const sources = readdirSync(root, { recursive: true })
  .filter((name) => /\.tsx?$/.test(name) && !/\.(test|d)\.tsx?$/.test(name))
  .map((name) => readFileSync(new URL(name, root), "utf8"))
  .join("\n");
// Ids that are put together end in a dot where the code cuts them: `error.${code}.title`.
const stems = [...sources.matchAll(/`([a-z_]+(?:\.[a-z_]+)*\.)\$\{/g)].map((m) => m[1]);
for (const id of Object.keys(english)) {
  if (!sources.includes(`"${id}"`) && !stems.some((stem) => id.startsWith(stem))) {
    faults.push(`${id} is used nowhere`);
  }
}

for (const fault of faults) console.error(fault);
console.log(`messages: ${Object.keys(english).length} in ${languages.length} languages`);
process.exit(faults.length ? 1 : 0);

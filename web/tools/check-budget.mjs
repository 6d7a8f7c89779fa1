// What a first visit loads, and each route after it (product.md 12, stack.md 13), of the built app.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const kB = 1000;
const faults = [];
const size = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;

function closure(key, found = new Set()) {
  if (found.has(key)) return found;
  found.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, found);
  return found;
}
function within(what, bytes, most) {
  console.log(`${what}: ${(bytes / kB).toFixed(1)} kB of ${most} kB`);
  if (bytes > most * kB) faults.push(what);
}

const first = closure("index.html");
// The page cannot show a word before one language and the first screen have come.
const language = Object.keys(manifest).find((key) => key.endsWith("virtual:messages/en"));
const screens = Object.keys(manifest).filter((key) =>
  /features\/.*(Home|SignIn)Page\.tsx$/.test(key),
);
const shell = closure(language, new Set(first));
const heaviest = Math.max(
  ...screens.map((key) =>
    [...closure(key, new Set(shell))].reduce((n, k) => n + size(manifest[k].file), 0),
  ),
);
within("first load, script", heaviest, 220);
within(
  "first load, style",
  [...first].flatMap((k) => manifest[k].css ?? []).reduce((n, f) => n + size(f), 0),
  25,
);
const fonts = readdirSync(new URL("assets/", dist)).filter((f) =>
  /inter-latin-wght-normal.*\.woff2$/.test(f),
);
within(
  "font",
  fonts.reduce((n, f) => n + readFileSync(new URL(`assets/${f}`, dist)).length, 0),
  60,
);
for (const key of Object.keys(manifest).filter(
  (k) => manifest[k].isDynamicEntry && k !== language,
)) {
  const own = [...closure(key)].filter((k) => !shell.has(k));
  const bytes = own.reduce((n, k) => n + size(manifest[k].file), 0);
  if (bytes > 60 * kB) within(`route ${key}`, bytes, 60);
}
const remote = readdirSync(new URL("assets/", dist))
  .filter((f) => /\.(js|css)$/.test(f))
  .flatMap((f) =>
    [...readFileSync(new URL(`assets/${f}`, dist), "utf8").matchAll(/https?:\/\/[\w.-]+/g)].map(
      (m) => m[0],
    ),
  )
  .filter(
    (a) =>
      !/^https?:\/\/(www\.w3\.org|tailwindcss\.com|localhost|react\.dev|tanstack\.com|radix-ui\.com|lingui\.dev|simplewebauthn\.dev|github\.com|json-schema\.org)/.test(
        a,
      ),
  );
if (remote.length) faults.push(`remote addresses: ${[...new Set(remote)].join(" ")}`);
for (const fault of faults) console.error(`over: ${fault}`);
process.exit(faults.length ? 1 : 0);

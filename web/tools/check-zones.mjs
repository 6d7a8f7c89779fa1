// The walls of src: app > features > ui > lib; api may be used by all above lib. A feature never
// imports another. No index files. Computed from the folders, so a new feature is covered.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, posix } from "node:path";

const root = new URL("../src/", import.meta.url);
const floor = { lib: 0, api: 1, ui: 2, features: 3, app: 4 };
const faults = [];
const names = readdirSync(root, { recursive: true }).filter((name) => /\.tsx?$/.test(name));

for (const name of names) {
  const text = readFileSync(new URL(name, root), "utf8");
  if (/(^|\/)index\.tsx?$/.test(name)) faults.push(`${name}: no index files`);
  const lines = text.split("\n").length - 1;
  if (!name.endsWith(".d.ts") && !/\.test\./.test(name) && lines > 250) {
    faults.push(`${name}: ${lines} lines, at most 250`);
  }
  const [zone, feature] = name.split("/");
  if (!(zone in floor)) continue;
  for (const [, quoted] of text.matchAll(/(?:from|import\(|import)\s*["']([^"']+)["']/g)) {
    const path = quoted.startsWith("@/")
      ? quoted.slice(2)
      : quoted.startsWith(".")
        ? posix.normalize(posix.join(dirname(name), quoted))
        : undefined;
    if (path === undefined) continue;
    const [other, otherFeature] = path.split("/");
    if (!(other in floor)) continue;
    if (floor[other] > floor[zone]) faults.push(`${name}: ${zone} may not import ${path}`);
    if (zone === "features" && other === "features" && feature !== otherFeature) {
      faults.push(`${name}: the feature ${feature} may not import ${path}`);
    }
  }
}
for (const fault of faults) console.error(fault);
console.log(`zones: ${names.length} files`);
process.exit(faults.length ? 1 : 0);

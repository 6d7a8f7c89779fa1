// Makes src/api/schema.d.ts of docs/api/openapi.json: what the app calls, and what succeeds.
// Problems have one shape (lib/problem.ts); the operators' routes belong to the console.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const source = new URL("../../../docs/api/openapi.json", import.meta.url);
const target = new URL("../../src/api/schema.d.ts", import.meta.url);
const spec = JSON.parse(await readFile(source, "utf8"));

for (const [path, operations] of Object.entries(spec.paths)) {
  if (/^\/v1\/(ops|webhooks)\//.test(path)) {
    delete spec.paths[path];
    continue;
  }
  for (const operation of Object.values(operations)) {
    for (const status of Object.keys(operation.responses)) {
      if (!status.startsWith("2")) delete operation.responses[status];
    }
  }
}

const used = new Set();
const visit = (value) => {
  if (value === null || typeof value !== "object") return;
  const name = value.$ref?.replace("#/components/schemas/", "");
  if (name && !used.has(name)) {
    used.add(name);
    visit(spec.components.schemas[name]);
  }
  Object.values(value).forEach(visit);
};
visit(spec.paths);
used.add("Problem");
for (const name of Object.keys(spec.components.schemas)) {
  if (!used.has(name)) delete spec.components.schemas[name];
}

const types = await openapiTS(spec, { defaultNonNullable: false, alphabetize: true });
await writeFile(
  target,
  `// Made by ./dev gen web of docs/api/openapi.json.\n${astToString(types)}`,
);

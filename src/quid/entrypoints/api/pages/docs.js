// The API documentation: draws /openapi.json, nothing else. Text is only ever set as text.
"use strict";

const METHODS = ["post", "get", "put", "patch", "delete"];
const ORDER = ["payments", "identity"]; // what a reader comes for stands first
const DEPTH_MAX = 4;
const NUMBER = new Intl.NumberFormat("en-US");
const at = (id) => document.getElementById(id);
let spec = {};
let token = sessionStorage.getItem("quid.docs.token") ?? "";
let challenge = "";

function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// --- schemas in words --------------------------------------------------------------------------

function resolve(schema) {
  let found = schema ?? {};
  while (found.$ref) {
    found = found.$ref.split("/").slice(1).reduce((node, key) => node[key], spec);
  }
  return found;
}

const nameOf = (schema) => schema.$ref?.split("/").pop() ?? schema.title ?? "object";
const choices = (schema) => schema.anyOf ?? schema.oneOf ?? [];
const isNull = (schema) => schema.type === "null";

function bounds(low, high, unit) {
  if (low === undefined && high === undefined) return "";
  if (low === undefined) return `, at most ${NUMBER.format(high)}${unit}`;
  if (high === undefined) return `, at least ${NUMBER.format(low)}${unit}`;
  if (low === high) return `, ${NUMBER.format(low)}${unit}`;
  return `, ${NUMBER.format(low)} to ${NUMBER.format(high)}${unit}`;
}

function typeOf(schema) {
  const s = resolve(schema);
  if (choices(s).length) return choices(s).map((one) => (isNull(resolve(one)) ? "null" : typeOf(one))).join(" or ");
  if (s.const !== undefined) return JSON.stringify(s.const);
  if (s.enum) return s.enum.map((one) => JSON.stringify(one)).join(", ");
  if (s.type === "array") return `list of ${typeOf(s.items ?? {})}${bounds(s.minItems, s.maxItems, "")}`;
  if (s.type === "object" || s.properties) return nameOf(schema);
  if (s.format === "date-time") return "time, RFC 3339 in UTC";
  if (s.format === "uuid") return "UUID";
  const pattern = s.pattern ? `, matches ${s.pattern}` : "";
  if (s.type === "string") return `string${bounds(s.minLength, s.maxLength, " characters")}${pattern}`;
  return `${s.type ?? "anything"}${bounds(s.minimum, s.maximum, "")}`;
}

function insideOf(schema) {
  // The objects whose fields are worth listing: of the schema, its choices, its items.
  const s = resolve(schema);
  if (choices(s).length) return choices(s).flatMap(insideOf);
  if (s.type === "array") return insideOf(s.items ?? {});
  return s.properties ? [schema] : [];
}

function example(schema, depth = 0) {
  const s = resolve(schema);
  if (s.examples?.length) return s.examples[0];
  if (s.default !== undefined) return s.default;
  if (choices(s).length) return choices(s).some((c) => isNull(resolve(c))) ? null : example(choices(s)[0]);
  if (s.const !== undefined) return s.const;
  if (s.enum) return s.enum[0];
  if (s.type === "array") return [];
  if (s.properties && depth < DEPTH_MAX) {
    // Only what must be there, and what has an example: a body one can send at once.
    const wanted = Object.entries(s.properties).filter(
      ([name, one]) => s.required?.includes(name) || resolve(one).examples,
    );
    return Object.fromEntries(wanted.map(([name, one]) => [name, example(one, depth + 1)]));
  }
  return { integer: s.minimum ?? 1, number: 1, boolean: true }[s.type] ?? "";
}

// --- parts -------------------------------------------------------------------------------------

function field(name, schema, { required, description, depth = 0, path = [] }) {
  const s = resolve(schema);
  const inner = insideOf(schema).filter((one) => !path.includes(nameOf(one)) && depth < DEPTH_MAX);
  const standard = s.default === undefined || s.default === null ? "" : `, else ${JSON.stringify(s.default)}`;
  return h(
    "li",
    { class: "field" },
    h(
      "p",
      {},
      h("code", { class: "name" }, name),
      " ",
      h("span", { class: "type" }, typeOf(schema) + standard),
      " ",
      required ? h("span", { class: "must" }, "required") : null,
    ),
    description || s.description ? h("p", { class: "muted small" }, description ?? s.description) : null,
    ...inner.map((one) => fields(one, depth + 1, [...path, nameOf(one)])),
  );
}

function fields(schema, depth = 0, path = []) {
  const s = resolve(schema);
  const rows = Object.entries(s.properties ?? {}).map(([name, one]) =>
    field(name, one, { required: s.required?.includes(name), depth, path }),
  );
  return h("ul", { class: "list-of-fields" }, ...rows);
}

function section(title, ...children) {
  return h("section", {}, h("h3", {}, title), ...children);
}

const schemaOf = (part) => Object.values(part?.content ?? {})[0]?.schema;

function answer(status, response) {
  const schema = schemaOf(response);
  const isProblem = schema?.$ref?.endsWith("/Problem");
  const standard = response.description === "Successful Response";
  const said = standard ? (schema ? typeOf(schema) : "No body") : response.description;
  const line = h("p", { class: "answer" }, h("code", { class: `status s${status[0]}` }, status === "default" ? "else" : status), h("span", {}, said));
  const inner = isProblem || !schema ? [] : insideOf(schema);
  if (!inner.length) return h("li", { class: "field" }, line);
  const listed = inner.map((one) => fields(one, 0, [nameOf(one)]));
  const shape = h("details", { class: "shape" }, h("summary", { class: "small" }, "Fields"), ...listed);
  return h("li", { class: "field" }, line, shape);
}

function isPrivate(operation) {
  return operation.responses["401"]?.description?.includes("SIGN_IN_REQUIRED") ?? false;
}

// --- trying ------------------------------------------------------------------------------------

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `try-${[...bytes].map((b) => b.toString(16).padStart(2, "0")).join("")}`;
}

function tryForm(method, path, operation) {
  const parameters = operation.parameters ?? [];
  const inputs = parameters.map((p) => {
    const value = p.name === "Idempotency-Key" ? newKey() : "";
    const input = h("input", { name: p.name, value, required: p.in === "path", autocomplete: "off" });
    return [p, input, h("label", {}, h("code", {}, p.name), input)];
  });
  const schema = schemaOf(operation.requestBody);
  const text = schema && JSON.stringify(example(schema), null, 2);
  const body = schema && h("textarea", { rows: String(text.split("\n").length + 1), spellcheck: "false" });
  if (body) body.value = text;
  const out = h("div", { class: "out", role: "status", hidden: true });
  const button = h("button", { class: "button" }, "Send");
  const form = h(
    "form",
    { class: "try" },
    inputs.length ? h("div", { class: "fields" }, ...inputs.map((one) => one[2])) : null,
    body ? h("label", {}, "Body, JSON", body) : null,
    h("div", {}, button),
    out,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    const given = inputs.map(([p, input]) => [p, input.value]).filter(([, value]) => value !== "");
    await send(method, path, given, body?.value, out);
    button.setAttribute("aria-disabled", "false");
  });
  return form;
}

async function send(method, path, given, body, out) {
  const url = new URL(path, location.origin);
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  for (const [p, value] of given) {
    if (p.in === "path") url.pathname = url.pathname.replace(encodeURI(`{${p.name}}`), encodeURIComponent(value));
    if (p.in === "query") url.searchParams.set(p.name, value);
    if (p.in === "header") headers[p.name] = value;
  }
  const began = performance.now();
  try {
    const reply = await fetch(url, { method: method.toUpperCase(), headers, body });
    const text = await reply.text();
    const took = Math.round(performance.now() - began);
    const isReplayed = reply.headers.get("Idempotency-Replayed") === "true";
    const note = `${took} ms${isReplayed ? " · Already sent: this is the first answer again" : ""}`;
    show(out, String(reply.status), note, pretty(text));
  } catch (error) {
    show(out, "", `No answer: ${error.message}`, "");
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function show(out, status, note, text) {
  out.hidden = false;
  const line = h("p", { class: "small" }, h("code", { class: `status s${status[0] ?? 5}` }, status || "–"), ` ${note}`);
  out.replaceChildren(...(text ? [line, h("pre", { tabindex: "0" }, text)] : [line]));
}

async function signIn(path, body) {
  // Whoever has a second factor is asked for it, and gets the token for its code.
  const said = at("signed");
  try {
    const reply = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await reply.json();
    if (!reply.ok) throw new Error(answer.detail ?? answer.title);
    at("step-up").reset();
    at("step-up").hidden = !answer.step_up;
    if (answer.step_up) {
      challenge = answer.step_up.challenge_id;
      at("methods").replaceChildren(...answer.step_up.methods.map((one) => h("option", {}, one.name)));
      said.textContent = "The password is right. Now the code of a second factor.";
      return;
    }
    token = answer.access_token;
    sessionStorage.setItem("quid.docs.token", token);
    said.textContent = "✓ Signed in. The forms below send this token.";
  } catch (error) {
    said.textContent = `✗ ${error.message}`;
  }
}

at("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  signIn("/v1/auth/token", Object.fromEntries(new FormData(event.target)));
});

at("step-up").addEventListener("submit", (event) => {
  event.preventDefault();
  signIn("/v1/auth/step-up", { challenge_id: challenge, ...Object.fromEntries(new FormData(event.target)) });
});

// --- the page ----------------------------------------------------------------------------------

function fill(body, method, path, operation) {
  const parameters = operation.parameters ?? [];
  const schema = schemaOf(operation.requestBody);
  const inner = schema ? insideOf(schema) : [];
  const listed = parameters.map((p) =>
    field(p.name, p.schema, {
      required: p.required,
      description: p.description ?? { path: "in the path", query: "in the query", header: "header" }[p.in],
    }),
  );
  const replies = Object.entries(operation.responses).map(([status, one]) => answer(status, one));
  body.append(
    ...[
      isPrivate(operation) ? h("p", { class: "small muted" }, "Needs a session: a bearer token, or the cookie of a sign-in.") : null,
      listed.length ? section("Parameters", h("ul", { class: "list-of-fields" }, ...listed)) : null,
      inner.length ? section("Body", ...inner.map((one) => fields(one, 0, [nameOf(one)]))) : null,
      section("Answers", h("ul", { class: "list-of-fields" }, ...replies)),
      section("Try it", tryForm(method, path, operation)),
    ].filter(Boolean),
  );
}

function block(method, path, operation) {
  const id = `${method}-${path}`;
  const body = h("div", { class: "body" });
  const details = h(
    "details",
    { class: "card operation", id },
    h(
      "summary",
      {},
      h("span", { class: `method ${method}` }, method.toUpperCase()),
      h("code", { class: "path" }, path),
      h("span", { class: "muted small what" }, operation.summary),
    ),
    body,
  );
  details.addEventListener("toggle", () => {
    if (!details.open) return;
    if (!body.childElementCount) fill(body, method, path, operation);
    history.replaceState(null, "", `#${id}`);
  });
  return details;
}

function openLinked() {
  const linked = at(decodeURIComponent(location.hash.slice(1)));
  if (!linked) return;
  linked.open = true;
  linked.scrollIntoView();
}

function draw() {
  at("title").textContent = `${spec.info.title} API`;
  at("about").textContent = spec.info.description ?? "";
  const groups = new Map();
  for (const [path, operations] of Object.entries(spec.paths)) {
    for (const method of METHODS.filter((one) => operations[one])) {
      const tag = operations[method].tags?.[0] ?? "other";
      groups.set(tag, [...(groups.get(tag) ?? []), [method, path, operations[method]]]);
    }
  }
  const rank = (tag) => (ORDER.includes(tag) ? ORDER.indexOf(tag) : ORDER.length);
  const sorted = [...groups].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
  at("groups").replaceChildren(
    ...sorted.map(([tag, list]) => h("section", { class: "group" }, h("h2", {}, tag), ...list.map((o) => block(...o)))),
  );
  at("side").replaceChildren(
    ...sorted.map(([tag, list]) =>
      h(
        "div",
        {},
        h("h2", {}, tag),
        ...list.map(([m, p]) => h("a", { href: `#${m}-${p}` }, h("span", { class: `method ${m}` }, m.toUpperCase()), p.replace(/^\/v1/, ""))),
      ),
    ),
  );
  if (token) at("signed").textContent = "A token of this tab is in use.";
  openLinked();
}

addEventListener("hashchange", openLinked);
fetch("/openapi.json")
  .then((reply) => reply.json())
  .then((document_) => {
    spec = document_;
    draw();
  })
  .catch(() => at("groups").replaceChildren(h("p", {}, "The document /openapi.json did not arrive. Reload to try again.")));

// The live page. It asks /live.json about every 700 ms, shows only what the server said, and sends
// a payment under a key that it has made and stored before sending.
"use strict";

const POLL_MS = 700;
const POLL_MAX_MS = 10_000;
const ANSWER_MS = 10_000;
const SLOW_MS = 300; // an answer that comes sooner needs no word
const KEY = "quid.live.key"; // the key of a payment whose outcome is not known yet

const at = (id) => document.getElementById(id);
const shown = new WeakMap(); // what each row shows: a row is touched only when that changed
let asOf = "";

// --- numbers and times -------------------------------------------------------------------------

function money(minor, currency) {
  // Integers only: a sum may be larger than a float can hold in cents.
  const sign = minor < 0 ? "−" : "";
  const digits = String(Math.abs(minor)).padStart(3, "0");
  const whole = Number(digits.slice(0, -2)).toLocaleString("en-US");
  const symbol = currency === "USD" ? "$" : `${currency} `;
  return `${sign}${symbol}${whole}.${digits.slice(-2)}`;
}

const count = (n) => n.toLocaleString("en-US");

function clock(element, iso) {
  const when = new Date(iso);
  const isToday = when.toDateString() === new Date().toDateString();
  element.dateTime = iso;
  element.title = when.toLocaleString();
  element.textContent = isToday
    ? when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" })
    : when.toLocaleDateString([], { day: "numeric", month: "short" });
}

function put(id, text) {
  const element = at(id);
  if (element.textContent !== text) element.textContent = text;
}

// --- drawing -----------------------------------------------------------------------------------

function hue(text) {
  let sum = 7;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)) % 360;
  return sum;
}

function fillPayment(row, payment) {
  const avatar = row.querySelector(".avatar");
  const { payer, payee, note, amount } = payment; // what the two keep to themselves is null
  avatar.textContent = payer ? [...payer.display_name][0] ?? "?" : "·";
  avatar.style.setProperty("--hue", hue(payer?.handle ?? ""));
  row.querySelector("[data-payer]").textContent = payer?.display_name ?? "Somebody";
  row.querySelector("[data-payee]").textContent = payee?.display_name ?? "somebody";
  row.querySelector("[data-note]").textContent = payer ? note || "No note" : "Not public";
  row.querySelector("[data-amount]").textContent = amount === null ? "" : money(amount, payment.currency);
  const state = row.querySelector("[data-state-name]");
  state.dataset.stateName = payment.state;
  state.firstElementChild.textContent = payment.state.charAt(0) + payment.state.slice(1).toLowerCase();
  clock(row.querySelector("time"), payment.at);
}

function fillLane(row, lane) {
  row.querySelector("[data-lane]").textContent = lane.lane;
  row.querySelector("[data-block]").textContent = count(lane.block);
  const hash = row.querySelector("[data-hash]");
  hash.textContent = `${lane.hash.slice(0, 16)}…`;
  hash.title = lane.hash;
  row.querySelector("[data-size]").textContent =
    lane.size === 1 ? "1 transfer" : `${count(lane.size)} transfers`;
  clock(row.querySelector("time"), lane.at);
}

function drawList(list, template, items, keyOf, fill) {
  const isFirst = list.childElementCount === 0;
  const rows = new Map([...list.children].map((row) => [row.dataset.key, row]));
  items.forEach((item, place) => {
    const key = String(keyOf(item));
    const said = JSON.stringify(item);
    let row = rows.get(key);
    rows.delete(key);
    if (!row) {
      row = template.content.firstElementChild.cloneNode(true);
      row.dataset.key = key;
    }
    if (shown.get(row) !== said) {
      fill(row, item);
      shown.set(row, said);
      row.classList.remove("fresh");
      if (!isFirst) requestAnimationFrame(() => row.classList.add("fresh"));
    }
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
  });
  for (const row of rows.values()) row.remove();
}

function draw(live) {
  if (live.as_of < asOf) return; // another process answered with an older picture
  asOf = live.as_of;
  const books = live.books;
  put("debits", money(books.debits, books.currency));
  put("credits", money(books.credits, books.currency));
  put("difference", money(books.difference, books.currency));
  const verdict = at("verdict");
  verdict.dataset.state = books.difference === 0 ? "whole" : "broken";
  put(
    "verdict",
    books.difference === 0
      ? "✓ Every cent that left one account is in another"
      : "✗ The books do not balance: run quid reconcile",
  );
  put("accounts", count(books.accounts));
  put("transfers", count(books.transfers));
  put("batch", live.last_batch === null ? "–" : count(live.last_batch));
  at("payments").hidden = live.payments.length === 0;
  at("payments-none").hidden = live.payments.length !== 0;
  drawList(at("payments"), at("payment-row"), live.payments, (p) => p.id, fillPayment);
  drawList(at("lanes"), at("lane-row"), live.lanes, (l) => l.lane, fillLane);
}

function pulse(state, text) {
  const element = at("pulse");
  if (element.dataset.state !== state) {
    if (state === "lost") say("Connection lost. The numbers shown may be old.");
    if (state === "live" && element.dataset.state === "lost") say("Connected again.");
  }
  element.dataset.state = state;
  put("pulse-text", text);
}

// --- asking ------------------------------------------------------------------------------------

let timer = 0;
let failures = 0;
let isAsking = false;

async function ask() {
  clearTimeout(timer);
  if (isAsking || document.hidden) return;
  isAsking = true;
  try {
    const answer = await fetch("/live.json", { signal: AbortSignal.timeout(ANSWER_MS) });
    if (!answer.ok) throw new Error(String(answer.status));
    draw(await answer.json());
    failures = 0;
    pulse("live", "Live");
  } catch {
    failures += 1;
    if (failures > 1) pulse("lost", "No answer, trying again");
  } finally {
    isAsking = false;
    timer = setTimeout(ask, Math.min(POLL_MS * 1.6 ** failures, POLL_MAX_MS));
  }
}

document.addEventListener("visibilitychange", () => {
  failures = 0;
  ask();
});

// --- paying ------------------------------------------------------------------------------------

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `live-${[...bytes].map((b) => b.toString(16).padStart(2, "0")).join("")}`;
}

function say(text) {
  at("said").textContent = text;
}

function result(state, title, text, key) {
  at("result").hidden = false;
  at("result").dataset.state = state;
  put("result-title", title);
  put("result-text", text);
  put("result-key", key);
  at("again").hidden = state === "refused";
  say(`${title}. ${text}`);
}

let isSending = false;
let slow = 0;

function lock(isLocked) {
  isSending = isLocked;
  for (const button of [at("pay"), at("again")]) {
    button.setAttribute("aria-disabled", String(isLocked));
  }
  clearTimeout(slow);
  put("pay", "Ana pays Ben $1");
  if (isLocked) slow = setTimeout(() => put("pay", "Sending…"), SLOW_MS);
}

async function send(key) {
  if (isSending) return;
  sessionStorage.setItem(KEY, key);
  lock(true);
  try {
    const answer = await fetch("/demo/pay", {
      method: "POST",
      headers: { "Idempotency-Key": key },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const body = await answer.json();
    if (answer.ok) {
      const { amount, currency, payee, state } = body.payment;
      const left = money(body.balance.available, currency);
      sessionStorage.removeItem(KEY);
      if (state === "IN_REVIEW" || state === "CHALLENGED") {
        const text = "Many payments within an hour are looked at first. The money is set aside, not sent.";
        result("sent", "Security check", text, key);
      } else if (answer.headers.get("Idempotency-Replayed") === "true") {
        result("sent", "Already sent", "This is the same payment; it was sent once.", key);
      } else {
        const sum = money(amount, currency);
        result("sent", `Sent ${sum} to ${payee.display_name}`, `Ana has ${left} left.`, key);
      }
    } else if (body.money_moved === "no") {
      sessionStorage.removeItem(KEY);
      result("refused", body.title, body.detail, key);
    } else {
      unknown(key);
    }
  } catch {
    unknown(key);
  } finally {
    lock(false);
    ask();
  }
}

function unknown(key) {
  const text = "Send it again with the same key: it can only be sent once.";
  result("unknown", "We do not know yet whether it was sent", text, key);
}

at("pay").addEventListener("click", () => send(sessionStorage.getItem(KEY) ?? newKey()));
at("again").addEventListener("click", () => send(at("result-key").textContent));
if (sessionStorage.getItem(KEY)) unknown(sessionStorage.getItem(KEY)); // reloaded while sending

ask();

// The mailbox of demo mode: the latest mails, asked for every two seconds while one looks.
"use strict";

const POLL_MS = 2000;
const at = (id) => document.getElementById(id);
let timer = 0;
let known = null;

function card(mail) {
  const item = at("mail").content.firstElementChild.cloneNode(true);
  const when = new Date(mail.at);
  const time = item.querySelector("time");
  time.dateTime = mail.at;
  time.textContent = when.toLocaleString([], { dateStyle: "medium", timeStyle: "medium" });
  item.querySelector("[data-to]").textContent = `To ${mail.to}`;
  item.querySelector("[data-subject]").textContent = mail.subject;
  item.querySelector("[data-text]").textContent = mail.text.trim();
  const code = /\b\d{6}\b/.exec(mail.text);
  const shown = item.querySelector("[data-code]");
  shown.hidden = code === null;
  shown.textContent = code?.[0] ?? "";
  return item;
}

function draw(mails) {
  const picture = JSON.stringify(mails);
  if (picture === known) return; // an open mail stays open
  const isNews = known !== null;
  known = picture;
  at("mails").replaceChildren(...mails.map(card));
  at("none").hidden = mails.length !== 0;
  const count = mails.length === 1 ? "1 mail" : `${mails.length} mails`;
  at("said").textContent = isNews ? `New mail. ${count}, newest first` : `${count}, newest first`;
  if (mails.length === 0) at("said").textContent = "";
}

async function ask() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const answer = await fetch("/mailbox.json", { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(String(answer.status));
    draw((await answer.json()).items);
  } catch {
    known = null;
    at("said").textContent = "No answer, trying again";
  }
  timer = setTimeout(ask, POLL_MS);
}

document.addEventListener("visibilitychange", ask);
ask();

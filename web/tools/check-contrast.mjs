// Contrast of the colours in src/ui/tokens.css (WCAG 2.2: 1.4.3 and 1.4.11), light and dark.
import { readFileSync } from "node:fs";

const css = readFileSync(new URL("../src/ui/tokens.css", import.meta.url), "utf8");
const text = [
  ["text", "bg"],
  ["text", "card"],
  ["text", "sunk"],
  ["muted", "bg"],
  ["muted", "card"],
  ["muted", "sunk"],
  ["primary", "bg"],
  ["primary", "card"],
  ["primary", "tint"],
  ["on-primary", "primary"],
  ["money-in", "bg"],
  ["money-in", "card"],
  ["danger", "bg"],
  ["danger", "card"],
  ["danger", "danger-tint"],
  ["on-danger", "danger"],
  ["warning", "warning-tint"],
  ["text", "tint"],
  ["text", "danger-tint"],
  ["text", "warning-tint"],
  ["money-in", "good-tint"],
  ["text", "good-tint"],
];
const controls = [
  ["control", "bg"],
  ["control", "card"],
  ["focus", "bg"],
  ["focus", "card"],
  ["primary", "sunk"],
];

function tokens(selector) {
  const block = css.slice(css.indexOf(`${selector} {`)).match(/\{([^}]*)\}/)[1];
  return Object.fromEntries(
    [...block.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6})/gi)].map((m) => [m[1], m[2]]),
  );
}
function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function ratio(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

let faults = 0;
for (const [theme, selector] of [
  ["light", ":root"],
  ["dark", ':root[data-theme="dark"]'],
]) {
  const found = tokens(selector);
  for (const [pairs, least] of [
    [text, 4.5],
    [controls, 3],
  ]) {
    for (const [one, other] of pairs) {
      const is = found[one] && found[other] ? ratio(found[one], found[other]) : 0;
      if (is < least) {
        faults += 1;
        console.error(`${theme}: ${one} on ${other} is ${is.toFixed(2)}, at least ${least}`);
      }
    }
  }
}
console.log("contrast: every pair, light and dark");
process.exit(faults ? 1 : 0);

export type Theme = "light" | "dark" | "system";
const KEPT = "quid.theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEPT);
  return kept === "light" || kept === "dark" ? kept : "system";
}

function apply(): void {
  const theme = chosenTheme();
  document.documentElement.dataset.theme =
    theme === "system" ? (dark.matches ? "dark" : "light") : theme;
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEPT, theme);
  apply();
}

/** Shows the chosen theme, and follows the machine where none was chosen. */
export function startTheme(): void {
  apply();
  dark.addEventListener("change", apply);
}

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@/ui/style.css";
import { App } from "@/app/App";
import { calmTransitions } from "@/app/transitions";
import { preferred, speak } from "@/lib/i18n";
import { startTheme } from "@/lib/theme";

startTheme();
calmTransitions();
await speak(preferred());
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

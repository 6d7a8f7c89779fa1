import { fileURLToPath } from "node:url";
import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compress } from "./tools/compress.mjs";
import { messages } from "./tools/messages.mjs";

// The system that `npm run dev` talks to: `./dev run` prints its address.
const system = process.env.QUID_DEV_SYSTEM ?? "http://localhost:8080";

export default defineConfig({
  plugins: [react(), tailwind(), messages(), compress()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2023",
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
  },
  server: {
    host: "localhost",
    port: 5173,
    strictPort: true,
    proxy: Object.fromEntries(
      ["/v1", "/demo", "/about", "/pages", "/mailbox", "/docs", "/live.json", "/openapi.json"].map(
        (path) => [path, { target: system, ws: path === "/v1" }],
      ),
    ),
  },
});

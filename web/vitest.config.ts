import { defineConfig, mergeConfig } from "vitest/config";
import vite from "./vite.config.ts";

export default mergeConfig(
  vite,
  defineConfig({
    test: {
      environment: "jsdom",
      environmentOptions: { jsdom: { url: "http://localhost:8080" } },
      setupFiles: ["./tests/setup.ts"],
      include: ["src/**/*.test.{ts,tsx}"],
    },
  }),
);

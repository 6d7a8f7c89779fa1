import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterEach, beforeAll, vi } from "vitest";
import { speak } from "@/lib/i18n";

vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => {} }));
beforeAll(() => speak("en"));
afterEach(cleanup);

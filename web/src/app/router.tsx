import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import { passDoor, requireSession } from "./access";
import { Failure } from "./Failure";
import { Missing } from "./Missing";
import { queries } from "./queries";
import { Shell } from "./Shell";

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  notFoundComponent: Missing,
});

/** Everything below it needs a session, and has the bars of the app around it. */
const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  beforeLoad: ({ context, location }) => requireSession(context.queries, location.href),
  component: Shell,
});

type Search = Record<string, string | undefined>;

/** Search parameters are text; a page reads what it knows and passes over the rest. */
function text(search: Record<string, unknown>): Search {
  return Object.fromEntries(
    Object.entries(search).flatMap(([name, value]) =>
      typeof value === "string" || typeof value === "number" ? [[name, String(value)]] : [],
    ),
  );
}

type Loader = Parameters<typeof lazyRouteComponent>[0];

function open<const P extends string>(path: P, load: Loader, name: string) {
  return createRoute({
    getParentRoute: () => root,
    path,
    validateSearch: text,
    component: lazyRouteComponent(load, name),
  });
}

function inside<const P extends string>(path: P, load: Loader, name: string) {
  return createRoute({
    getParentRoute: () => app,
    path,
    validateSearch: text,
    component: lazyRouteComponent(load, name),
  });
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: text,
  beforeLoad: ({ context, search, cause }) =>
    cause === "enter" ? passDoor(context.queries, search.next) : undefined,
  component: lazyRouteComponent(() => import("@/features/auth/SignInPage"), "SignInPage"),
});

const payLink = createRoute({
  getParentRoute: () => root,
  path: "/u/$handle",
  beforeLoad: ({ context, params }) =>
    passDoor(context.queries, `/pay?to=${encodeURIComponent(params.handle.toLowerCase())}`),
  component: lazyRouteComponent(() => import("@/features/auth/PayLinkPage"), "PayLinkPage"),
});

const tree = root.addChildren([
  signIn,
  open("/recover", () => import("@/features/auth/RecoverPage"), "RecoverPage"),
  payLink,
  app.addChildren([
    inside("/", () => import("@/features/home/HomePage"), "HomePage"),
    inside("/welcome", () => import("@/features/welcome/WelcomePage"), "WelcomePage"),
    inside("/pay", () => import("@/features/pay/PayPage"), "PayPage"),
    inside("/requests", () => import("@/features/requests/RequestsPage"), "RequestsPage"),
    inside("/requests/$id", () => import("@/features/requests/RequestPage"), "RequestPage"),
    inside("/activity", () => import("@/features/activity/ActivityPage"), "ActivityPage"),
    inside("/activity/$id", () => import("@/features/payment/PaymentPage"), "PaymentPage"),
    inside("/wallet", () => import("@/features/wallet/WalletPage"), "WalletPage"),
    inside("/wallet/add", () => import("@/features/wallet/AddSourcePage"), "AddSourcePage"),
    inside("/wallet/deposit", () => import("@/features/wallet/DepositPage"), "DepositPage"),
    inside("/wallet/withdraw", () => import("@/features/wallet/WithdrawPage"), "WithdrawPage"),
    inside("/wallet/methods/$id", () => import("@/features/wallet/SourcePage"), "SourcePage"),
    inside("/wallet/transfers/$id", () => import("@/features/wallet/TransferPage"), "TransferPage"),
    inside("/people", () => import("@/features/people/PeoplePage"), "PeoplePage"),
    inside("/people/$handle", () => import("@/features/people/PersonPage"), "PersonPage"),
    inside(
      "/notifications",
      () => import("@/features/notifications/NotificationsPage"),
      "NotificationsPage",
    ),
    inside("/qr", () => import("@/features/qr/QrPage"), "QrPage"),
    inside("/settings", () => import("@/features/settings/SettingsPage"), "SettingsPage"),
    inside("/settings/profile", () => import("@/features/settings/ProfilePage"), "ProfilePage"),
    inside(
      "/settings/verification",
      () => import("@/features/settings/VerificationPage"),
      "VerificationPage",
    ),
    inside("/settings/privacy", () => import("@/features/settings/PrivacyPage"), "PrivacyPage"),
    inside("/settings/security", () => import("@/features/settings/SecurityPage"), "SecurityPage"),
    inside(
      "/settings/notifications",
      () => import("@/features/settings/NoticesPage"),
      "NoticesPage",
    ),
    inside("/settings/limits", () => import("@/features/settings/LimitsPage"), "LimitsPage"),
    inside("/settings/look", () => import("@/features/settings/LookPage"), "LookPage"),
    inside("/on-hold", () => import("@/features/hold/HoldPage"), "HoldPage"),
    inside("/reports/$id", () => import("@/features/hold/ReportPage"), "ReportPage"),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  context: { queries },
  // Of every route: a page that fails leaves the frame around it as it is.
  defaultErrorComponent: Failure,
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultViewTransition: true,
  // Filters are plain text in the address: `?scope=mine`, not JSON.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const kept = Object.entries(search).filter(([, v]) => v !== undefined && v !== "");
    const query = new URLSearchParams(kept.map(([k, v]) => [k, String(v)])).toString();
    return query === "" ? "" : `?${query}`;
  },
});

// Who followed a link that is gone with its page goes on from the beginning of the next one.
router.subscribe("onRendered", ({ fromLocation, pathChanged }) => {
  if (fromLocation === undefined || !pathChanged) return;
  if (document.activeElement !== document.body) return;
  document.getElementById("main")?.focus({ preventScroll: true });
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

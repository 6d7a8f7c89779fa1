import { Bell, HandCoins, Home, List, QrCode, Send, Settings, Users, Wallet } from "lucide-react";

/** The places of the app, as its bars show them. */
export const places = [
  { to: "/", label: "nav.home", Icon: Home, isExact: true },
  { to: "/activity", label: "nav.activity", Icon: List },
  { to: "/pay", label: "nav.pay", Icon: Send },
  { to: "/requests", label: "nav.requests", Icon: HandCoins },
  { to: "/wallet", label: "nav.wallet", Icon: Wallet },
  { to: "/people", label: "nav.people", Icon: Users },
  { to: "/notifications", label: "nav.notifications", Icon: Bell },
  { to: "/qr", label: "nav.qr", Icon: QrCode },
  { to: "/settings", label: "nav.settings", Icon: Settings },
] as const;

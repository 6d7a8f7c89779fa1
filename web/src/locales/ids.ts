import type activity from "./en/activity.json";
import type auth from "./en/auth.json";
import type common from "./en/common.json";
import type errors from "./en/errors.json";
import type feed from "./en/feed.json";
import type hold from "./en/hold.json";
import type home from "./en/home.json";
import type notifications from "./en/notifications.json";
import type pay from "./en/pay.json";
import type payment from "./en/payment.json";
import type people from "./en/people.json";
import type qr from "./en/qr.json";
import type requests from "./en/requests.json";
import type settings from "./en/settings.json";
import type wallet from "./en/wallet.json";
import type welcome from "./en/welcome.json";

/** The id of every message; English is the measure. */
export type MessageId =
  | keyof typeof common
  | keyof typeof errors
  | keyof typeof auth
  | keyof typeof home
  | keyof typeof welcome
  | keyof typeof pay
  | keyof typeof payment
  | keyof typeof requests
  | keyof typeof activity
  | keyof typeof wallet
  | keyof typeof people
  | keyof typeof qr
  | keyof typeof notifications
  | keyof typeof settings
  | keyof typeof hold
  | keyof typeof feed;

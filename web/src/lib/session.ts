import { create } from "zustand";

/** Why the person is not signed in any more: the sign-in page says so. */
export type Ended = "expired" | "elsewhere" | "locked" | "out";

interface Session {
  /** Whether somebody was seen signed in: a session that never was cannot end. */
  isIn: boolean;
  /** Why it is over, once the server has said so. */
  ended: Ended | undefined;
  /** Who waits for the person to prove that it is them (STEP_UP_REQUIRED). */
  stepUp: { resolve: () => void; reject: (why: unknown) => void } | undefined;
  end: (why: Ended) => void;
  begin: () => void;
  /** Opens the sheet that asks for a proof; settles when it was given, or given up. */
  prove: () => Promise<void>;
  settleStepUp: (isProven: boolean, why?: unknown) => void;
}

let waiting: Promise<void> | undefined;

export const useSession = create<Session>()((set, get) => ({
  isIn: false,
  ended: undefined,
  stepUp: undefined,
  end: (why) => {
    if (!get().isIn) return;
    set({ isIn: false, ended: why });
    get().settleStepUp(false);
  },
  begin: () => set({ isIn: true, ended: undefined }),
  prove: () => {
    waiting ??= new Promise<void>((resolve, reject) => {
      set({ stepUp: { resolve, reject } });
    }).finally(() => {
      waiting = undefined;
    });
    return waiting;
  },
  settleStepUp: (isProven, why) => {
    const asked = get().stepUp;
    set({ stepUp: undefined });
    if (isProven) asked?.resolve();
    else asked?.reject(why);
  },
}));

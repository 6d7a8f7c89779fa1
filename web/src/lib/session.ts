import { create } from "zustand";

/** Why the person is not signed in any more, where the sign-in page has to say so. */
export type Ended = "expired" | "elsewhere" | "locked" | undefined;

interface Session {
  /** False once the server has said that the session is over. */
  isOver: boolean;
  ended: Ended;
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
  isOver: false,
  ended: undefined,
  stepUp: undefined,
  end: (why) => set({ isOver: true, ended: why, stepUp: undefined }),
  begin: () => set({ isOver: false, ended: undefined }),
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

import { useMutation } from "@tanstack/react-query";
import { forget, goToDoor } from "@/lib/leave";
import { tellTabs } from "@/lib/tabs";
import { http, take } from "../http";

/** Locks my account: every session ends, this one too, and no money leaves. */
export function useLock() {
  return useMutation({
    mutationFn: () => take(http.POST("/v1/me/lock")),
    onSuccess: () => {
      forget();
      tellTabs({ what: "out" });
      goToDoor("locked");
    },
  });
}

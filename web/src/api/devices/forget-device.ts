import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";

/** Pushes nothing to this device any more. */
export function useForgetDevice() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (device_id: string) =>
      take(
        http.DELETE("/v1/notifications/devices/{device_id}", { params: { path: { device_id } } }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["devices"] }),
  });
}

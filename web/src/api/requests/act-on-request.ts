import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, take } from "../http";

export type Act = "decline" | "cancel" | "remind";

function send(id: string, act: Act) {
  const params = { params: { path: { request_id: id } } };
  if (act === "decline") return take(http.POST("/v1/requests/{request_id}/decline", params));
  if (act === "cancel") return take(http.POST("/v1/requests/{request_id}/cancel", params));
  return take(http.POST("/v1/requests/{request_id}/remind", params));
}

/** Says no, takes back, or asks again. Whatever came of it, the request is asked for anew. */
export function useActOnRequest(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (act: Act) => send(id, act),
    onSuccess: (request) => queries.setQueryData(["request", id], request),
    onError: () => void queries.invalidateQueries({ queryKey: ["request", id] }),
    onSettled: () => void queries.invalidateQueries({ queryKey: ["requests"] }),
  });
}

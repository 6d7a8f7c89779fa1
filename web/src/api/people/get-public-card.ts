import { queryOptions } from "@tanstack/react-query";
import { http, take } from "../http";

/** What anybody may know of whoever has this handle. */
export function publicCardQuery(handle: string) {
  return queryOptions({
    queryKey: ["public", handle],
    queryFn: () => take(http.GET("/v1/public/users/{handle}", { params: { path: { handle } } })),
  });
}

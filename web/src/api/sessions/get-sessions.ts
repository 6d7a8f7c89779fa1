import { queryOptions } from "@tanstack/react-query";
import { http, take } from "../http";

/** Where the person is signed in. */
export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: async () => (await take(http.GET("/v1/me/sessions"))).items,
});

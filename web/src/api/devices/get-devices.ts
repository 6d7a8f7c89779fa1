import { queryOptions, useQuery } from "@tanstack/react-query";
import { http, take } from "../http";
import type { components } from "../schema";

export type Device = components["schemas"]["DeviceView"];

const devicesQuery = queryOptions({
  queryKey: ["devices"],
  queryFn: async () => (await take(http.GET("/v1/notifications/devices"))).items,
});

/** The devices that I am pushed to. */
export function useDevices() {
  return useQuery(devicesQuery);
}

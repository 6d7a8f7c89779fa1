import { useQuery } from "@tanstack/react-query";
import { useLine } from "@/lib/socket";
import { http, take } from "../http";
import type { Transfer } from "./get-transfers";

async function read(id: string): Promise<Transfer> {
  if (id.startsWith("wd_")) {
    const path = { withdrawal_id: id };
    return (await take(http.GET("/v1/withdrawals/{withdrawal_id}", { params: { path } })))
      .withdrawal;
  }
  const path = { deposit_id: id };
  return (await take(http.GET("/v1/deposits/{deposit_id}", { params: { path } }))).deposit;
}

/** A deposit or withdrawal. One that is on its way is looked at again while no socket tells of it. */
export function useTransfer(id: string) {
  const isTold = useLine(({ line }) => line === "up");
  return useQuery({
    queryKey: ["transfers", id],
    queryFn: () => read(id),
    refetchInterval: ({ state }) => (!isTold && state.data?.expected_on ? 15_000 : false),
  });
}

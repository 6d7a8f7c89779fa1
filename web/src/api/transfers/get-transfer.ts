import { useQuery } from "@tanstack/react-query";
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

/** A deposit or withdrawal with its course. One that is on its way is looked at again and again. */
export function useTransfer(id: string) {
  return useQuery({
    queryKey: ["transfers", id],
    queryFn: () => read(id),
    refetchInterval: ({ state }) => (state.data?.expected_on ? 15_000 : false),
  });
}

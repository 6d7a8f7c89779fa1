import { http } from "../http";
import type { ActivityFilters } from "./get-activity";

/** All lines that the filters let through, as a CSV file with its name. Needs a fresh proof. */
export async function exportActivity(filters: ActivityFilters): Promise<File> {
  const query = { ...filters, format: "csv" } as const;
  const { data, response } = await http.GET("/v1/transactions/export", {
    params: { query },
    parseAs: "blob",
  });
  const said = response.headers.get("Content-Disposition") ?? "";
  const name = /filename="([^"]+)"/.exec(said)?.[1] ?? "quid-activity.csv";
  return new File([data as Blob], name, { type: "text/csv" });
}

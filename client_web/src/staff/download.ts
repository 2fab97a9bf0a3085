import { csvText } from "./core/csv";

/** Hands a table to the browser as a CSV file. */
export function downloadCsv(name: string, rows: readonly (readonly string[])[]): void {
  const url = URL.createObjectURL(new Blob([csvText(rows)], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name.replace(/[\\/:*?"<>|]+/g, " ").trim()}.csv`;
  link.click();
  // The download has its own hold on the data once it has begun; the click begins it.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

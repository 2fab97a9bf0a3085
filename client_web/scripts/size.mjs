// Prints what the first load of the student's page weighs, compressed and without fonts; fails over the limit.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const LIMIT_BYTES = 150 * 1024;
const STATIC = new URL("../../exam_server/static", import.meta.url).pathname;

const html = await readFile(join(STATIC, "index.html"), "utf8");
const linked = [...html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css|svg))"/g)].map((match) => match[1]);
const rows = await Promise.all(["index.html", ...new Set(linked)].map(weigh));
const total = rows.reduce((sum, row) => sum + row.gzip, 0);

console.table(rows);
console.log(`first load ${(total / 1024).toFixed(1)} KB gzip, limit ${LIMIT_BYTES / 1024} KB`);
if (total > LIMIT_BYTES) process.exit(1);

async function weigh(name) {
  const bytes = await readFile(join(STATIC, name));
  return {
    name,
    bytes: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  };
}

// Writes src/protocol/messages.ts from the server's JSON Schema; with --check only compares.
import { readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";

const SCHEMA = new URL("../../exam_server/protocol/schema.json", import.meta.url);
const OUTPUT = new URL("../src/protocol/messages.ts", import.meta.url);
const BANNER =
  "// Generated from exam_server/protocol/schema.json by `npm run protocol`; change the Python types instead.";

const schema = JSON.parse(await readFile(SCHEMA, "utf8"));
const definitions = Object.fromEntries(
  Object.entries(schema.$defs).map(([name, body]) => [name, { ...withoutTitles(body), title: name }]),
);
const root = {
  title: "Messages",
  description: "Every message type by name.",
  type: "object",
  properties: Object.fromEntries(Object.keys(definitions).map((name) => [name, { $ref: `#/$defs/${name}` }])),
  required: Object.keys(definitions),
  additionalProperties: false,
  $defs: definitions,
};
const text = await compile(root, "Messages", {
  bannerComment: BANNER,
  format: true,
  ignoreMinAndMaxItems: true,
  style: { printWidth: 110 },
});

if (process.argv.includes("--check")) {
  const stored = await readFile(OUTPUT, "utf8").catch(() => "");
  if (stored !== text) {
    console.error("src/protocol/messages.ts is out of date: run `make generate`");
    process.exit(1);
  }
} else {
  await writeFile(OUTPUT, text);
}

// A nested title would make a second name for the same type.
function withoutTitles(node) {
  if (Array.isArray(node)) return node.map(withoutTitles);
  if (node === null || typeof node !== "object") return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => !(key === "title" && typeof value === "string"))
      .map(([key, value]) => [key, withoutTitles(value)]),
  );
}

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import packageJson from "./package.json" with { type: "json" };

const OUTPUT = "../exam_server/static";

/** Writes a .br and a .gz beside every text file of the build, so that the server never compresses. */
function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    async closeBundle() {
      const names = await readdir(OUTPUT, { recursive: true });
      const texts = names.filter((name) => /\.(html|js|css|svg)$/.test(name));
      await Promise.all(texts.map((name) => compress(join(OUTPUT, name))));
    },
  };
}

async function compress(path: string): Promise<void> {
  const bytes = await readFile(path);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  await writeFile(`${path}.br`, brotliCompressSync(bytes, quality));
  await writeFile(`${path}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
}

/** The licences of what is shipped go with it. */
function licences(): Plugin {
  return {
    name: "licences",
    apply: "build",
    async generateBundle() {
      const texts = await Promise.all(Object.keys(packageJson.dependencies).sort().map(licence));
      this.emitFile({ type: "asset", fileName: "THIRD_PARTY.txt", source: texts.join("\n") });
    },
  };
}

async function licence(name: string): Promise<string> {
  return `${name}\n\n${await readFile(join("node_modules", name, "LICENSE"), "utf8")}`;
}

export default defineConfig({
  plugins: [precompress(), licences()],
  build: {
    outDir: OUTPUT,
    emptyOutDir: true,
    // MathML Core arrived in Chromium 109: the oldest browser that can show a Maths paper.
    target: "chrome109",
    // The Content-Security-Policy allows neither inline code nor data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { student: "index.html", staff: "staff.html", lab: "lab.html" } },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

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

export default defineConfig({
  plugins: [precompress()],
  build: {
    outDir: OUTPUT,
    emptyOutDir: true,
    // MathML Core arrived in Chromium 109: the oldest browser that can show a Maths paper.
    target: "chrome109",
    // The Content-Security-Policy allows neither inline code nor data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { student: "index.html", staff: "staff.html" } },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});

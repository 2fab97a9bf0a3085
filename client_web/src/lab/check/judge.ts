import { type Exchange, offsetOf } from "../server_clock";
import { percentile } from "../stats";
import type { Browser, Kept } from "./pc";

/** wait: the visitor has something to do yet; none of the others' business. */
export type Level = "ok" | "caution" | "fail" | "wait";

export interface Row {
  check:
    | "server"
    | "socket"
    | "clock"
    | "storage"
    | "screen"
    | "browser"
    | "math"
    | "fonts"
    | "keyboard"
    | "memory";
  level: Level;
  /** What is said of it: the catalogue's key is `pc_<check>_<says>`. */
  says: string;
  figures: Readonly<Record<string, number | string>>;
}

/** What was measured; null is not known, or not yet. */
export interface Measured {
  http: readonly Exchange[];
  socket: readonly Exchange[];
  /** This PC's wall clock less the page's steady one, in milliseconds. */
  wall_ms: number;
  kept: Kept;
  width: number;
  height: number;
  scale: number;
  browser: Browser;
  math: boolean;
  fonts: boolean;
  memory_gib: number | null;
  /** What was typed to try the keyboard. */
  typed: string;
}

export const TO_TYPE = "-3,5";

const GOOD_MS = 400;
const BEARABLE_MS = 1_500;
const CLOCK_SAID_MS = 2_000;
const CLOCK_CAUTION_MS = 12 * 3600_000;
const SMALLEST = { width: 1000, height: 560 };
const PRIVATE_QUOTA = 600 * 2 ** 20;
const OLDEST: Readonly<Record<string, number>> = {
  Chrome: 109,
  Edge: 109,
  Opera: 95,
  Firefox: 115,
  Safari: 17,
};
const SMALL_MEMORY_GIB = 2;

/** One row per thing, in the order of the page. */
export function judge(measured: Measured): Row[] {
  return [
    serverRow(measured.http),
    socketRow(measured.socket, measured.http),
    clockRow(measured),
    storageRow(measured.kept),
    screenRow(measured),
    browserRow(measured.browser),
    plain("math", measured.math),
    plain("fonts", measured.fonts),
    keyboardRow(measured.typed),
    memoryRow(measured.memory_gib),
  ];
}

/** The worst of the rows; what waits does not count. */
export function verdictOf(rows: readonly Row[]): Exclude<Level, "wait"> {
  const levels = new Set(rows.map((row) => row.level));
  return levels.has("fail") ? "fail" : levels.has("caution") ? "caution" : "ok";
}

/** All figures in one line, to be read out: it needs no language. */
export function lineOf(measured: Measured): string {
  const rows = judge(measured);
  const p95 = (exchanges: readonly Exchange[]) => p(exchanges, 0.95) ?? "–";
  const off_s = Math.round(clockOff(measured) / 1000);
  const yes = (check: Row["check"]) => (rows.find((row) => row.check === check)?.level === "ok" ? 1 : 0);
  return [
    `H${p95(measured.http)}`,
    `W${p95(measured.socket)}`,
    `C${off_s}`,
    `D${yes("storage")}`,
    `S${measured.width}x${measured.height}`,
    `B${measured.browser.version}`,
    `M${yes("math")}`,
    `F${yes("fonts")}`,
    `K${yes("keyboard")}`,
  ].join(" ");
}

function p(exchanges: readonly Exchange[], share: number): number | null {
  const found = percentile(
    exchanges.map((one) => one.rtt_ms),
    share,
  );
  return found === null ? null : Math.max(1, Math.round(found));
}

function lineFigures(exchanges: readonly Exchange[]) {
  return { p50: p(exchanges, 0.5) ?? 0, p95: p(exchanges, 0.95) ?? 0, count: exchanges.length };
}

function serverRow(http: readonly Exchange[]): Row {
  if (http.length === 0) return { check: "server", level: "fail", says: "away", figures: {} };
  const figures = lineFigures(http);
  if (figures.p95 > BEARABLE_MS) return { check: "server", level: "fail", says: "bad", figures };
  if (figures.p95 > GOOD_MS) return { check: "server", level: "caution", says: "slow", figures };
  return { check: "server", level: "ok", says: "ok", figures };
}

function socketRow(socket: readonly Exchange[], http: readonly Exchange[]): Row {
  const figures = lineFigures(socket);
  if (socket.length === 0) {
    const says = http.length === 0 ? "away" : "backup";
    return { check: "socket", level: http.length === 0 ? "fail" : "caution", says, figures };
  }
  if (figures.p95 > GOOD_MS) return { check: "socket", level: "caution", says: "slow", figures };
  return { check: "socket", level: "ok", says: "ok", figures };
}

function clockOff({ http, socket, wall_ms }: Measured): number {
  const offset = offsetOf([...http, ...socket]);
  return offset === null ? 0 : wall_ms - offset;
}

function clockRow(measured: Measured): Row {
  const off_ms = Math.abs(clockOff(measured));
  const figures = { seconds: Math.round(off_ms / 1000) };
  if (measured.http.length === 0) return { check: "clock", level: "wait", says: "unknown", figures };
  if (off_ms > CLOCK_CAUTION_MS) return { check: "clock", level: "caution", says: "wrong", figures };
  return { check: "clock", level: "ok", says: off_ms < CLOCK_SAID_MS ? "ok" : "off", figures };
}

function storageRow({ works, before_ms, quota }: Kept): Row {
  const figures = { mib: quota === null ? "?" : Math.round(quota / 2 ** 20), before: before_ms ?? 0 };
  if (!works) return { check: "storage", level: "fail", says: "none", figures };
  if (quota !== null && quota < PRIVATE_QUOTA)
    return { check: "storage", level: "caution", says: "private", figures };
  return { check: "storage", level: "ok", says: before_ms === null ? "first" : "kept", figures };
}

function screenRow({ width, height, scale }: Measured): Row {
  const fits = width >= SMALLEST.width && height >= SMALLEST.height;
  const figures = { width, height, scale: Math.round(scale * 100) };
  return { check: "screen", level: fits ? "ok" : "caution", says: fits ? "ok" : "small", figures };
}

function browserRow({ name, version }: Browser): Row {
  const oldest = OLDEST[name];
  const figures = { name, version, oldest: oldest ?? 0 };
  if (oldest === undefined) return { check: "browser", level: "caution", says: "unknown", figures };
  if (version < oldest) return { check: "browser", level: "fail", says: "old", figures };
  return { check: "browser", level: "ok", says: "ok", figures };
}

function plain(check: "math" | "fonts", works: boolean): Row {
  return { check, level: works ? "ok" : "caution", says: works ? "ok" : "bad", figures: {} };
}

function keyboardRow(typed: string): Row {
  const figures = { wanted: TO_TYPE };
  const text = typed.trim();
  if (text === TO_TYPE) return { check: "keyboard", level: "ok", says: "ok", figures };
  return { check: "keyboard", level: "wait", says: text === "" ? "try" : "other", figures };
}

function memoryRow(gib: number | null): Row {
  if (gib === null) return { check: "memory", level: "wait", says: "unknown", figures: {} };
  const small = gib < SMALL_MEMORY_GIB;
  return { check: "memory", level: small ? "caution" : "ok", says: small ? "small" : "ok", figures: { gib } };
}

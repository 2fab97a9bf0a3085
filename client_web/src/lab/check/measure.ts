import { askTime, type Exchange, steadyNow } from "../server_clock";
import { echo } from "./echo";
import type { Measured } from "./judge";
import { browserOf, drawsMath, loadsFonts, tryStore } from "./pc";

export const EXCHANGES = 20;

/** Measures everything but the keyboard; `tell` hears each step. */
export async function measure(tell: (step: "lines" | "store" | "fonts") => void): Promise<Measured> {
  tell("lines");
  const http = await askTime(EXCHANGES).catch((): Exchange[] => []);
  const socket = await echo(EXCHANGES);
  tell("store");
  const kept = await tryStore(Date.now());
  tell("fonts");
  const fonts = await loadsFonts();
  return {
    http,
    socket,
    wall_ms: Date.now() - steadyNow(),
    kept,
    width: window.innerWidth,
    height: window.innerHeight,
    scale: window.devicePixelRatio,
    browser: browserOf(navigator.userAgent),
    math: drawsMath(),
    fonts,
    memory_gib: (navigator as { deviceMemory?: number }).deviceMemory ?? null,
    typed: "",
  };
}

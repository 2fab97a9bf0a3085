import { getJson } from "../base/api";
import type { ServerTime } from "../protocol/messages";

/** Milliseconds of this page that never run backwards. */
export function steadyNow(): number {
  return performance.now();
}

/** One exchange: how long it took, and the server's time less this page's steady clock. */
export interface Exchange {
  rtt_ms: number;
  offset_ms: number;
}

/** Exchanges over HTTP, one after the other. Throws ApiError or NetworkError. */
export async function askTime(count: number): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  for (let asked = 0; asked < count; asked += 1) {
    const began = steadyNow();
    const { now_ms } = await getJson<ServerTime>("/api/check");
    const rtt_ms = steadyNow() - began;
    exchanges.push({ rtt_ms, offset_ms: now_ms - began - rtt_ms / 2 });
  }
  return exchanges;
}

/** The server's time less this page's steady clock, by the quickest exchange; null of none. */
export function offsetOf(exchanges: readonly Exchange[]): number | null {
  const quickest = exchanges.reduce<Exchange | null>(
    (best, one) => (best === null || one.rtt_ms < best.rtt_ms ? one : best),
    null,
  );
  return quickest?.offset_ms ?? null;
}

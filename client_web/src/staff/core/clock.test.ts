import { expect, test } from "vitest";
import { freshness, pollDelay, serverNow, timeLeft } from "./clock";

test("the server's time goes on between polls, whatever this machine's clock says", () => {
  expect(serverNow({ server_ms: 1_000_000, heard_ms: 50 }, 2_550)).toBe(1_002_500);
});

test("time left: from the deadline when running, kept when paused, none otherwise", () => {
  const deadline_at = "2026-11-22T02:00:00Z";
  const now = Date.parse("2026-11-22T01:58:30Z");
  expect(timeLeft({ state: "running", deadline_at, remaining_ms: null }, now)).toBe(90_000);
  expect(timeLeft({ state: "paused", deadline_at: null, remaining_ms: 61_000 }, now)).toBe(61_000);
  expect(timeLeft({ state: "waiting", deadline_at: null, remaining_ms: null }, now)).toBeNull();
  expect(timeLeft({ state: "submitted", deadline_at, remaining_ms: null }, now)).toBeNull();
});

test("time left never goes below nothing", () => {
  const seat = { state: "running", deadline_at: "2026-11-22T02:00:00Z", remaining_ms: null };
  expect(timeLeft(seat, Date.parse("2026-11-22T02:00:05Z"))).toBe(0);
});

test("silence turns live into late and then lost", () => {
  expect([0, 2_999, 3_000, 5_999, 6_000].map(freshness)).toEqual(["live", "live", "late", "late", "lost"]);
});

test("polling slows down while the server is away, but never stops", () => {
  expect([0, 1, 2, 3, 4, 20].map(pollDelay)).toEqual([1_000, 1_000, 2_000, 4_000, 8_000, 8_000]);
});

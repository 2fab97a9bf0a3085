import { expect, test } from "vitest";
import type { RehearsalRow } from "../../protocol/messages";
import { stateOf } from "./room_tests";

const NOW = Date.parse("2026-06-25T19:00:00+07:00");
const MINUTE = 60_000;

function row(changes: Partial<RehearsalRow>): RehearsalRow {
  return {
    id: 1,
    room: "P1",
    made_at: "2026-06-25T18:00:00+07:00",
    expires_at: "2026-07-02T18:00:00+07:00",
    played_at: null,
    verdict: null,
    ...changes,
  };
}

const ago = (minutes: number) => new Date(NOW - minutes * MINUTE).toISOString();
const verdict = (go: boolean) => ({ go, room: "P1", students: 50, findings: [] });

test.each([
  ["unused", row({})],
  ["expired", row({ expires_at: ago(1) })],
  ["playing", row({ played_at: ago(3) })],
  ["broken_off", row({ played_at: ago(30) })],
  ["go", row({ played_at: ago(30), verdict: verdict(true) })],
  ["no_go", row({ played_at: ago(3), verdict: verdict(false) })],
] as const)("a room test is %s", (state, of) => {
  expect(stateOf(of, NOW)).toBe(state);
});

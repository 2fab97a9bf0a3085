import { expect, test } from "vitest";
import type { Series } from "../../protocol/messages";
import { HISTORY_S, highestOf, joined, runsOf, SLOT_S, sizeOf } from "./history";

function seriesOf(first: number, values: (number | null)[], worker = "1"): Series {
  return {
    slots: values.map((_, index) => first + index * SLOT_S),
    ack_ms_p50: values,
    ack_ms_p99: values,
    events_per_s: values,
    connections: values,
    queue_rows: values,
    reconnects_per_s: values,
    cpu_share: { [worker]: values },
    disk_free_bytes: {},
  };
}

test("what comes later is put behind what is known", () => {
  const both = joined(seriesOf(100, [1, 2]), seriesOf(110, [3]));
  expect(both.slots).toEqual([100, 105, 110]);
  expect(both.connections).toEqual([1, 2, 3]);
  expect(both.cpu_share).toEqual({ "1": [1, 2, 3] });
});

test("missed slots stay empty, and so does a worker that was not there yet", () => {
  const both = joined(seriesOf(100, [1]), seriesOf(115, [3], "2"));
  expect(both.slots).toEqual([100, 105, 110, 115]);
  expect(both.queue_rows).toEqual([1, null, null, 3]);
  expect(both.cpu_share).toEqual({ "1": [1, null, null, null], "2": [null, null, null, 3] });
});

test("without news nothing changes, without a past the news is all", () => {
  const known = seriesOf(100, [1, 2]);
  expect(joined(known, seriesOf(0, []))).toBe(known);
  expect(joined(undefined, known)).toBe(known);
  expect(joined(known, seriesOf(105, [7]))).toEqual(seriesOf(105, [7]));
  expect(joined(known, seriesOf(100_000, [7]))).toEqual(seriesOf(100_000, [7]));
});

test("only the window's time is kept, and a worker gone before it is forgotten", () => {
  const most = HISTORY_S / SLOT_S;
  let all = seriesOf(0, [5], "9");
  for (let slot = 1; slot <= most; slot += 1) all = joined(all, seriesOf(slot * SLOT_S, [slot]));
  expect(all.slots).toHaveLength(most);
  expect(all.connections.at(-1)).toBe(most);
  expect(Object.keys(all.cpu_share)).toEqual(["1"]);
  expect(all.cpu_share["1"]).toHaveLength(most);
});

test("a line is drawn only where values follow each other", () => {
  expect(runsOf([null, 1, 2, null, null, 3])).toEqual([
    [
      [1, 1],
      [2, 2],
    ],
    [[5, 3]],
  ]);
  expect(runsOf([null])).toEqual([]);
});

test("highest of some and of none", () => {
  expect(highestOf([null, 2, 7, null])).toBe(7);
  expect(highestOf([null])).toBeNull();
});

test.each([
  [300 * 2 ** 20, 300, "MB", 0],
  [1.5 * 2 ** 30, 1.5, "GB", 1],
  [200 * 2 ** 30, 200, "GB", 0],
  [3 * 2 ** 40, 3, "TB", 1],
])("%i bytes are %f %s", (bytes, value, unit, decimals) => {
  expect(sizeOf(bytes)).toEqual({ value, unit, decimals });
});

import { describe, expect, it } from "vitest";
import type { Saved, Welcome } from "../protocol/messages";
import {
  acknowledge,
  append,
  type Deed,
  type Held,
  MAX_IN_FLIGHT,
  meet,
  missingFrom,
  NOTHING_HELD,
  positionOf,
  refuse,
  sendable,
  shown,
  unsavedItems,
} from "./outbox";

const answer = (item: number, response: string | null): Deed => ({ type: "answer", item, response });

function holding(deeds: Deed[], start: Held = NOTHING_HELD): Held {
  return deeds.reduce((held, deed, index) => append(held, deed, 1_000 + index), start);
}

function welcome(fence: number, last_seq: number, saved: Saved[], position: number | null = null): Welcome {
  return {
    type: "welcome",
    version: 1,
    fence,
    state: "running",
    candidate: { number: "1", name: "A", exam: "E", subject: "S", shift: "C", room: "R", seat: null },
    timing: { now_ms: 0, opens_ms: 0, limit_ms: 1, started_ms: 0, deadline_ms: 1, remaining_ms: null },
    last_seq,
    saved,
    position,
    form: null,
    order: null,
    form_key: null,
    reason: null,
    receipt: null,
    reconnect_ms: 1_000,
  };
}

const row = (item: number, response: string | null, flagged = false): Saved => ({ item, response, flagged });

describe("numbering", () => {
  it("counts from 1 without gaps, over acknowledgements too", () => {
    const held = holding([answer(1, "A"), answer(2, "B")]);
    const later = append(acknowledge(held, 1), answer(3, "C"), 0);
    expect(later.pending.map((event) => event.seq)).toEqual([2, 3]);
  });

  it("goes on after what the journal already has", () => {
    const held = meet(NOTHING_HELD, welcome(4, 17, [row(1, "A")])).held;
    expect(append(held, answer(1, "B"), 0).pending[0]?.seq).toBe(18);
  });
});

describe("acknowledgements", () => {
  it("drop all up to the number and fold it into what is saved", () => {
    const held = acknowledge(
      holding([answer(1, "A"), answer(1, "C"), { type: "flag", item: 2, on: true }]),
      2,
    );
    expect(held.saved).toEqual([row(1, "C")]);
    expect(held.pending).toHaveLength(1);
    expect([...unsavedItems(held)]).toEqual([2]);
  });

  it("that come twice, late or for the future change nothing more", () => {
    const held = acknowledge(holding([answer(1, "A"), answer(2, "B")]), 2);
    expect(acknowledge(held, 1)).toEqual(held);
    expect(acknowledge(held, 9)).toEqual(held);
  });
});

describe("what the candidate sees", () => {
  it("is what is saved with what is pending on top", () => {
    const held = holding([answer(1, "B"), answer(2, null), { type: "flag", item: 1, on: true }], {
      ...NOTHING_HELD,
      saved: [row(1, "A"), row(2, "D", true)],
    });
    expect(shown(held).get(1)).toEqual(row(1, "B", true));
    expect(shown(held).get(2)).toEqual(row(2, null, true));
  });

  it("is the item visited last", () => {
    const held = holding([{ type: "visit", item: 5 }, answer(5, "A"), { type: "visit", item: 6 }]);
    expect(positionOf(held)).toBe(6);
    expect(positionOf(acknowledge(held, 1))).toBe(6);
    expect(acknowledge(held, 2).position).toBe(5);
  });
});

describe("sending", () => {
  it("never has more in flight than the server allows", () => {
    const held = holding(Array.from({ length: 200 }, (_, index) => answer(index, "A")));
    expect(sendable(held, 0)).toHaveLength(MAX_IN_FLIGHT);
    expect(sendable(held, MAX_IN_FLIGHT)).toEqual([]);
    expect(sendable(acknowledge(held, 10), MAX_IN_FLIGHT).map((event) => event.seq)).toEqual(
      Array.from({ length: 10 }, (_, index) => MAX_IN_FLIGHT + 1 + index),
    );
  });

  it("sends everything again, unchanged, on a new connection", () => {
    const held = acknowledge(holding([answer(1, "A"), answer(2, "B"), answer(3, "C")]), 1);
    expect(sendable(held, held.acked)).toEqual(held.pending);
  });
});

describe("a refusal", () => {
  it("drops the event and moves the later ones up, keeping what they say", () => {
    const { held, refused } = refuse(holding([answer(1, "A"), answer(2, "?"), answer(3, "C")]), 2);
    expect(refused).toMatchObject({ item: 2, seq: 2 });
    expect(held.pending).toMatchObject([
      { seq: 1, item: 1 },
      { seq: 2, item: 3, response: "C", at_ms: 1_002 },
    ]);
  });

  it("of an event that is not held changes nothing", () => {
    const held = holding([answer(1, "A")]);
    expect(refuse(held, 7)).toEqual({ held, refused: null });
  });
});

describe("meeting the server again", () => {
  const before: Held = { ...NOTHING_HELD, fence: 3, acked: 2, saved: [row(1, "A")] };

  it("drops what reached the journal and keeps the rest to be sent", () => {
    const mine = holding([answer(2, "B"), answer(3, "C")], before);
    const { held, evidence } = meet(mine, welcome(4, 3, [row(1, "A"), row(2, "B")]));
    expect(held.pending).toMatchObject([{ seq: 4, item: 3, response: "C" }]);
    expect(held).toMatchObject({ fence: 4, acked: 3 });
    expect(evidence).toEqual([]);
  });

  it("goes on although a Welcome was lost, when nobody else has written", () => {
    const mine = holding([answer(2, "B"), answer(3, "C")], before);
    const { held, evidence } = meet(mine, welcome(9, 3, [row(2, "B"), row(1, "A")]));
    expect(held.pending).toHaveLength(1);
    expect(evidence).toEqual([]);
  });

  it("never overwrites what another PC wrote: what it held becomes evidence", () => {
    const mine = holding([answer(2, "B"), answer(3, "C")], before);
    const { held, evidence } = meet(mine, welcome(9, 4, [row(1, "D"), row(2, "A")], 2));
    expect(held).toEqual({ fence: 9, acked: 4, saved: [row(1, "D"), row(2, "A")], position: 2, pending: [] });
    expect(evidence).toEqual(mine.pending);
  });

  it("takes the journal's word on a PC that holds nothing", () => {
    const { held } = meet(NOTHING_HELD, welcome(2, 5, [row(1, "A")], 1));
    expect(held).toEqual({ fence: 2, acked: 5, saved: [row(1, "A")], position: 1, pending: [] });
  });
});

it("tells which events another record lacks", () => {
  const mine = holding([answer(1, "A"), answer(2, "B")]).pending;
  expect(missingFrom(mine, mine.slice(0, 1))).toEqual([mine[1]]);
  expect(missingFrom(mine, structuredClone(mine))).toEqual([]);
});

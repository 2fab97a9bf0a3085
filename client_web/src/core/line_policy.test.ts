import { describe, expect, it } from "vitest";
import type { LineKind } from "./line";
import { decide, type LineNews, openPolicy, type Policy, probeAfter } from "./line_policy";

const lost = (at_s: number, lasted_s: number | null, kind: LineKind = "socket", code = 1006): LineNews => ({
  what: "lost",
  kind,
  code,
  hung: false,
  lasted_ms: lasted_s === null ? null : lasted_s * 1_000,
  at_ms: at_s * 1_000,
});
const policyAfter = (...news: LineNews[]): Policy => news.reduce(decide, openPolicy());
const BLOCKED = [lost(0, null), lost(2, null), lost(5, null)];

describe("the choice of line", () => {
  it("is POST after three sockets in a minute that did not open or did not hold", () => {
    expect(policyAfter(...BLOCKED.slice(0, 2)).kind).toBe("socket");
    expect(policyAfter(...BLOCKED).kind).toBe("post");
    expect(policyAfter(lost(0, 1), lost(3, 0.2), lost(9, null)).kind).toBe("post");
    expect(policyAfter(lost(0, null), lost(40, null), lost(80, null)).kind).toBe("socket");
  });

  it("is POST after two sockets that hung", () => {
    const hung = { ...lost(8, null), hung: true } as LineNews;
    expect(policyAfter(hung).kind).toBe("socket");
    expect(policyAfter(hung, lost(17, null)).kind).toBe("post");
  });

  it("is POST after three breaks in two minutes, however long each socket held", () => {
    expect(policyAfter(lost(0, 600), lost(50, 45), lost(100, 45)).kind).toBe("post");
    expect(policyAfter(lost(0, 600), lost(70, 60), lost(140, 60)).kind).toBe("socket");
  });

  it("is not changed by what the server says over a line that works", () => {
    expect(policyAfter(...[0, 1, 2, 3].map((at) => lost(at, null, "socket", 4503))).kind).toBe("socket");
  });

  it("is sockets again where POST does not get through either", () => {
    const policy = policyAfter(...BLOCKED, lost(6, null, "post"));
    expect(policy).toMatchObject({ kind: "socket", outage: true });
    expect([...BLOCKED.slice(0, 2)].reduce(decide, policy).kind).toBe("socket");
    expect(BLOCKED.reduce(decide, policy).kind).toBe("post");
  });

  it("stays with POST when one breaks that has worked", () => {
    expect(policyAfter(...BLOCKED, lost(60, 50, "post")).kind).toBe("post");
  });

  it("is sockets again once one was tried and welcomed, and POST soon where it flaps on", () => {
    const back = policyAfter(lost(0, 9), lost(20, 9), lost(40, 9), { what: "returned" });
    expect(back.kind).toBe("socket");
    expect(decide(back, lost(80, 10)).kind).toBe("post");
    expect(decide(back, lost(300, 200)).kind).toBe("socket");
  });
});

describe("a socket beside POST", () => {
  it("is tried between half a minute and a minute later", () => {
    expect([0, 1].map((chance) => probeAfter(policyAfter(...BLOCKED), chance))).toEqual([30_000, 60_000]);
  });

  it("is tried ever later where going back does not last, within a limit", () => {
    const returns = (times: number) => ({ ...openPolicy("post"), returns: times });
    expect([0, 1, 2, 3, 9].map((times) => probeAfter(returns(times), 0))).toEqual([
      30_000, 60_000, 120_000, 240_000, 240_000,
    ]);
    expect(decide(returns(2), lost(0, 500)).returns).toBe(0);
  });

  it("is tried soon after an outage", () => {
    const policy = policyAfter(...BLOCKED, lost(6, null, "post"), ...BLOCKED);
    expect(probeAfter(policy, 0)).toBe(5_000);
    expect(probeAfter(decide(policy, { what: "probed" }), 0)).toBe(30_000);
  });
});

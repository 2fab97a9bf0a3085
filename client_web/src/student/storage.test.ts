import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { beforeEach, expect, it, vi } from "vitest";
import { append, NOTHING_HELD } from "../core/outbox";
import { memoryStorage, openStorage } from "./storage";

const DAY_MS = 24 * 3600 * 1000;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

it("gives back what was held, to the byte that will be sent again", async () => {
  const held = append(NOTHING_HELD, { type: "answer", item: 4, response: [true, null, false, null] }, 99);
  await (await openStorage(Date.now())).save(7, held, true);
  const again = await (await openStorage(Date.now())).load(7);
  expect(again).toEqual(held);
  expect(JSON.stringify(again?.pending)).toBe(JSON.stringify(held.pending));
});

it("keeps candidates of one PC apart", async () => {
  const storage = await openStorage(Date.now());
  await storage.save(7, { ...NOTHING_HELD, acked: 3 }, true);
  expect(await storage.load(8)).toBeUndefined();
});

it("forgets a sitting and its form once its script is in", async () => {
  const storage = await openStorage(Date.now());
  await storage.save(7, NOTHING_HELD, true);
  await storage.saveForm("ab", new Uint8Array([1, 2]));
  await storage.clear(7, "ab");
  expect(await storage.load(7)).toBeUndefined();
  expect(await storage.loadForm("ab")).toBeUndefined();
});

it("forgets what is over a week old", async () => {
  const storage = await openStorage(Date.now());
  await storage.save(7, NOTHING_HELD, true);
  expect(await (await openStorage(Date.now() + 6 * DAY_MS)).load(7)).toEqual(NOTHING_HELD);
  expect(await (await openStorage(Date.now() + 8 * DAY_MS)).load(7)).toBeUndefined();
});

it("rejects where the disk does not answer, so that nobody waits for it", async () => {
  vi.useFakeTimers();
  const silent = { addEventListener: () => undefined, removeEventListener: () => undefined };
  const request: IDBOpenDBRequest = Object.assign(Object.create(IDBOpenDBRequest.prototype), silent);
  Object.assign(indexedDB, { open: () => request });
  const opening = expect(openStorage(0)).rejects.toThrow("the disk does not answer");
  await vi.advanceTimersByTimeAsync(10_000);
  await opening;
  vi.useRealTimers();
});

it("keeps a sitting through a new login where the browser has no store, and says that it is not for long", async () => {
  const storage = memoryStorage();
  const held = append(NOTHING_HELD, { type: "visit", item: 4 }, 99);
  await storage.save(7, held, true);
  expect(storage.lasting).toBe(false);
  expect(await storage.load(7)).toEqual(held);
  await storage.clear(7, null);
  expect(await storage.load(7)).toBeUndefined();
});

// @vitest-environment node
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { gcm } from "@noble/ciphers/aes.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Form } from "../protocol/messages";
import { bytesOf, DamagedForm, openForm, sealedForm } from "./form";
import { memoryStorage } from "./storage";

const FORM: Form = { id: 3, title: "Đề", subject: "Toán", minutes: 90, parts: [], passages: [], assets: [] };
const KEY = Uint8Array.from({ length: 32 }, (_, index) => 7 * index);
const NONCE = new Uint8Array(12).fill(5);
const SEALED = Uint8Array.from([
  ...NONCE,
  ...gcm(KEY, NONCE).encrypt(new Uint8Array(gzipSync(JSON.stringify(FORM)))),
]);
const KEY_TEXT = Buffer.from(KEY).toString("base64url");

let server: Server;
let served: Uint8Array;
let requests: number;

beforeEach(async () => {
  served = SEALED;
  requests = 0;
  server = createServer((_request, response) => {
    requests += 1;
    response.end(served);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => {
  server.close();
});

function ref() {
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, sha256: bytesToHex(sha256(SEALED)), size: SEALED.length };
}

it("opens with its key and with no other", async () => {
  expect(await openForm(SEALED, KEY_TEXT)).toEqual(FORM);
  await expect(openForm(SEALED, Buffer.alloc(32).toString("base64url"))).rejects.toThrow();
});

it("is fetched once and then taken from this PC", async () => {
  const storage = memoryStorage();
  expect(await sealedForm(ref(), storage)).toEqual(SEALED);
  expect(await sealedForm(ref(), storage)).toEqual(SEALED);
  expect(requests).toBe(1);
});

it("is not taken when a byte is wrong, and not stored", async () => {
  served = SEALED.with(40, (SEALED[40] ?? 0) ^ 1);
  const storage = memoryStorage();
  await expect(sealedForm(ref(), storage)).rejects.toThrow(DamagedForm);
  expect(await storage.loadForm(ref().sha256)).toBeUndefined();
});

it("is good for this page where the disk fails", async () => {
  const full = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
  const storage = { ...memoryStorage(), loadForm: full, saveForm: full };
  expect(await sealedForm(ref(), storage)).toEqual(SEALED);
});

it("reads base64 and base64url alike", () => {
  const bytes = Uint8Array.from([251, 255, 190, 0]);
  expect(bytesOf(Buffer.from(bytes).toString("base64"))).toEqual(bytes);
  expect(bytesOf(Buffer.from(bytes).toString("base64url"))).toEqual(bytes);
});

import { gcm } from "@noble/ciphers/aes.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { getBytes } from "../base/api";
import type { PictureSource } from "../base/RichText";
import type { Form, FormRef } from "../protocol/messages";
import type { Storage } from "./storage";

const NONCE_BYTES = 12;

/** The bytes that came are not those the server promised. */
export class DamagedForm extends Error {}

/**
 * The sealed form: from this PC where it is stored, else from the server and then stored.
 * Throws DamagedForm when the hash differs, ApiError or NetworkError when it can't be fetched.
 */
export async function sealedForm(ref: FormRef, storage: Storage): Promise<Uint8Array<ArrayBuffer>> {
  // A disk that fails or is full must not keep the candidate from the paper.
  const stored = await storage.loadForm(ref.sha256).catch(() => undefined);
  if (stored !== undefined && hashOf(stored) === ref.sha256) return stored;
  const fetched = await getBytes(ref.url);
  if (hashOf(fetched) !== ref.sha256) throw new DamagedForm(ref.sha256);
  await storage.saveForm(ref.sha256, fetched).catch((error: unknown) => {
    console.warn("the paper is not kept on this PC", error);
  });
  return fetched;
}

/** The form, once its key (base64url) is there. WebCrypto is absent on plain http, so a library decrypts. */
export async function openForm(sealed: Uint8Array<ArrayBuffer>, key: string): Promise<Form> {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const packed = gcm(bytesOf(key), nonce).decrypt(sealed.subarray(NONCE_BYTES));
  const plain = new Blob([packed as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(plain).json()) as Form;
}

/** Gives each picture of the form an address in this page, when it is first shown; `close` takes them back. */
export function picturesOf(form: Form): { source: PictureSource; close: () => void } {
  const assets = new Map(form.assets.map((asset) => [asset.sha256, asset]));
  const urls = new Map<string, string>();
  const source = (sha256: string) => {
    const asset = assets.get(sha256);
    if (asset === undefined) return undefined;
    const url =
      urls.get(sha256) ?? URL.createObjectURL(new Blob([bytesOf(asset.data)], { type: asset.media_type }));
    urls.set(sha256, url);
    return url;
  };
  const close = () => {
    for (const url of urls.values()) URL.revokeObjectURL(url);
    urls.clear();
  };
  return { source, close };
}

function hashOf(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** Bytes of base64 or base64url text, padded or not. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

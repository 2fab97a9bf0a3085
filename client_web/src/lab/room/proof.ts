import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { JournalProof } from "../../protocol/messages";

const GENESIS = utf8ToBytes("khaothi journal 1");

/**
 * Whether the receipt's digest (hex) follows from the payloads that were acknowledged, every one in its place and no
 * other: the server's hash chain, reckoned here from what this page sent.
 */
export function proves(
  proof: JournalProof,
  acknowledged: ReadonlyMap<number, string>,
  digest: string,
): boolean {
  const seqs = [...acknowledged.keys()].sort((a, b) => a - b);
  if (seqs.length !== proof.events.length) return false;
  let head = sha256(join(GENESIS, integers(proof.sitting, BigInt(proof.seed))));
  for (const [place, { seq, fence, received_us }] of proof.events.entries()) {
    const payload = acknowledged.get(seq);
    if (seq !== seqs[place] || payload === undefined) return false;
    head = sha256(join(head, integers(proof.sitting, seq, fence, received_us), utf8ToBytes(payload)));
  }
  return bytesToHex(head) === digest;
}

/** Each in 8 bytes, big-endian. */
function integers(...values: (number | bigint)[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  for (const [place, value] of values.entries()) view.setBigInt64(8 * place, BigInt(value));
  return new Uint8Array(view.buffer);
}

function join(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

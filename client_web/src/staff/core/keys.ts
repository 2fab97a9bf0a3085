import type { Content, Key, Response } from "../../items/kind";
import type { LiveKey } from "../../protocol/messages";

/** The response that the key asks for, as a candidate would give it. */
export function responseOf(key: Key): Response {
  if (key.kind === "single_choice") return key.option;
  if (key.kind === "true_false") return key.values;
  return key.accept[0] ?? null;
}

/** The key that a response stands for; null while it is not complete. `accept`: further texts that count as right. */
export function keyOf(content: Content, response: Response, accept: readonly string[] = []): Key | null {
  if (content.kind === "true_false") {
    const values = Array.isArray(response) ? response.filter((value) => value !== null) : [];
    return values.length === content.statements.length ? { kind: "true_false", values } : null;
  }
  if (content.kind === "single_choice") {
    return typeof response === "string" ? { kind: "single_choice", option: response } : null;
  }
  const texts = [...new Set([...(typeof response === "string" ? [response] : []), ...accept])];
  const written = texts.map((text) => text.trim()).filter((text) => /\d/.test(text));
  return written.length === 0 ? null : { kind: "short_answer", accept: written };
}

/** The key that counts for an item in an exam: its own unless a correction is live; null where it is void. */
export function liveKey(live: readonly LiveKey[], item: number, own: Key | null): Key | null {
  const change = live.find((each) => each.item === item);
  return change === undefined ? own : change.key;
}

/** Whether two keys ask for the same. */
export function sameKey(a: Key | null, b: Key | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

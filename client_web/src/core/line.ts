import type { LineReply, ServerMessage } from "../protocol/messages";
import { CLOSE } from "./session";

/** How a page talks with the server: by a WebSocket, or where none can be held by POST requests. */
export type LineKind = "socket" | "post";

/** A message's JSON, or what makes it when it leaves: a ping measures the line and not the wait for it. */
export type Outgoing = string | (() => string);

export interface Ears {
  hear(message: ServerMessage): void;
  /** The line is over; told once. A CloseCode, or LINE_BROKE. */
  lost(code: number): void;
}

/** An open or opening line. It says Hello by itself, and messages arrive in the order sent. */
export interface Line {
  /** Whether anyone has answered at the other end, so that it is worth waiting. */
  readonly opened: boolean;
  send(message: Outgoing): void;
  /** Neither says nor hears anything more. */
  close(): void;
}

/** A line that can stand still while another one is tried. */
export interface ParkableLine extends Line {
  /** Resolves once nothing is under way; from then on nothing is, until `resume`. */
  park(): Promise<void>;
  resume(): void;
}

/** What a browser reports when the line breaks without a close. */
export const LINE_BROKE = 1006;

const CLOSE_OF_STATUS: Readonly<Record<number, number>> = {
  400: CLOSE.badMessage,
  401: CLOSE.unauthenticated,
  403: CLOSE.origin,
  413: CLOSE.tooLarge,
  422: CLOSE.badMessage,
  429: CLOSE.tooFast,
  503: CLOSE.tryAgain,
};

/**
 * A refused POST as the end of the line that it is, in the socket's words; null for a status that says nothing about
 * the sitting. `retry_s` is the reply's Retry-After.
 */
export function replyOfStatus(status: number, retry_s: number | null): LineReply | null {
  const close = CLOSE_OF_STATUS[status];
  if (close === undefined) return null;
  const asked = status === 503 && retry_s !== null;
  return { line: "", messages: asked ? [{ type: "retry", after_ms: retry_s * 1_000 }] : [], close };
}

import type { Opener } from "../core/connector";
import { type Ears, type Line, type Outgoing, replyOfStatus } from "../core/line";
import { type Caller, PostLine } from "../core/post_line";
import type { LineReply, ServerMessage } from "../protocol/messages";

/** Opens this browser's lines for a sitting. */
export function opener(sitting: number, caller: Caller): Opener {
  return {
    socket: (ears, ready) => new SocketLine(sitting, caller, ears, ready),
    post: (ears) => new PostLine(caller, (body, signal) => postLine(sitting, body, signal), ears),
  };
}

class SocketLine implements Line {
  readonly #socket: WebSocket;

  constructor(sitting: number, caller: Caller, ears: Ears, ready?: () => Promise<void>) {
    const socket = new WebSocket(socketUrl(sitting));
    this.#socket = socket;
    const greet = () => this.send(() => JSON.stringify(caller.hello()));
    socket.onopen = ready === undefined ? greet : () => void ready().then(greet);
    socket.onmessage = (event: MessageEvent<string>) => ears.hear(JSON.parse(event.data) as ServerMessage);
    socket.onclose = (event) => ears.lost(event.code);
  }

  get opened(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(message: Outgoing): void {
    if (this.opened) this.#socket.send(typeof message === "string" ? message : message());
  }

  close(): void {
    const socket = this.#socket;
    socket.onclose = socket.onmessage = socket.onopen = null;
    socket.close();
  }
}

async function postLine(sitting: number, body: string, signal: AbortSignal): Promise<LineReply> {
  const response = await fetch(`/api/sitting/line?sitting=${sitting}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
    credentials: "same-origin",
    signal,
  });
  // What a proxy or a captive portal answers is no JSON, and this throws: the server was not reached.
  const said = (await response.json()) as LineReply;
  if (response.ok) return said;
  const end = replyOfStatus(response.status, seconds(response.headers.get("Retry-After")));
  if (end === null) throw new Error(`POST refused: ${response.status}`);
  return end;
}

function seconds(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

/** Names the sitting, for another candidate may have logged in on this PC since, in another tab. */
export function socketUrl(sitting: number): string {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${location.host}/ws/sitting?sitting=${sitting}`;
}

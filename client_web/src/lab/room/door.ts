import { sendJson } from "../../base/api";
import type { CandidateSession, RehearsalLogin } from "../../protocol/messages";
import { socketUrl } from "../../student/lines";

const OPEN_MS = 10_000;

/**
 * The browser has one cookie for all, and a socket carries the one of the moment in which it opens: so each candidate
 * logs in and opens a socket before the next one may.
 */
export class Door {
  #last: Promise<unknown> = Promise.resolve();

  /** An open socket of the candidate. Rejects when the login is refused or no socket opens. */
  enter(login: RehearsalLogin): Promise<WebSocket> {
    const mine = this.#last.then(() => enter(login));
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

async function enter({ number, pin, sitting }: RehearsalLogin): Promise<WebSocket> {
  await sendJson<CandidateSession>("POST", "/api/candidate/login", { number, pin });
  return open(new WebSocket(socketUrl(sitting)));
}

function open(socket: WebSocket): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.close(), OPEN_MS);
    socket.onopen = () => {
      clearTimeout(timer);
      resolve(socket);
    };
    socket.onclose = () => {
      clearTimeout(timer);
      reject(new Error("no socket"));
    };
  });
}

import type { Ping, Pong } from "../../protocol/messages";
import { type Exchange, steadyNow } from "../server_clock";

const PATIENCE_MS = 8_000;

/** Exchanges over a socket, one after the other; none where no socket can be held. */
export function echo(count: number): Promise<Exchange[]> {
  return new Promise((resolve) => {
    const exchanges: Exchange[] = [];
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/check`);
    const end = () => {
      clearTimeout(timer);
      socket.onclose = socket.onmessage = socket.onopen = null;
      socket.close();
      resolve(exchanges.length < count ? [] : exchanges);
    };
    const timer = setTimeout(end, PATIENCE_MS);
    let began = 0;
    const ask = () => {
      began = steadyNow();
      const ping: Ping = { type: "ping", sent_ms: Math.round(began), unsaved: 0, item: null };
      socket.send(JSON.stringify(ping));
    };
    socket.onopen = ask;
    socket.onclose = end;
    socket.onmessage = (event: MessageEvent<string>) => {
      const rtt_ms = steadyNow() - began;
      const { now_ms } = JSON.parse(event.data) as Pong;
      exchanges.push({ rtt_ms, offset_ms: now_ms - began - rtt_ms / 2 });
      if (exchanges.length < count) ask();
      else end();
    };
  });
}

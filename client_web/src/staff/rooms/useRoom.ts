import type { RoomView } from "../../protocol/messages";
import { watchRoom } from "../api";
import { type Live, useLive } from "../useLive";

/** The room as last heard, the server's time now, and whether it is still being heard. */
export type LiveRoom = Live<RoomView>;

/** Asks for the room each second. */
export function useRoom(shift: number): LiveRoom {
  return useLive((signal) => watchRoom(shift, signal), [shift]);
}

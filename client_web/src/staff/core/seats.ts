import type { Seat } from "../../protocol/messages";
import { compareNames, compareTexts } from "./names";

/** The machine's number in a seat's label ("07", "Máy 7"), null where it has none. */
export function seatNumber(label: string | null): number | null {
  const digits = label === null ? null : /[0-9]+/.exec(label);
  return digits === null ? null : Number(digits[0]);
}

/** Machines a map shows at most as places; above it the seats simply follow one another. */
const MOST_PLACES = 60;

/** The room as rows of places: each at its machine's number, null for an empty one; candidates without a seat last. */
export function seatPlaces(seats: readonly Seat[]): (Seat | null)[] {
  const sorted = [...seats].sort(bySeat);
  const numbers = sorted.map((seat) => seatNumber(seat.seat)).filter((number) => number !== null);
  const highest = numbers.at(-1) ?? 0;
  const distinct = new Set(numbers).size === numbers.length;
  if (!distinct || highest > MOST_PLACES || numbers[0] === 0) return sorted;
  const places: (Seat | null)[] = new Array<null>(highest).fill(null);
  const unplaced: Seat[] = [];
  for (const seat of sorted) {
    const number = seatNumber(seat.seat);
    if (number === null) unplaced.push(seat);
    else places[number - 1] = seat;
  }
  return [...places, ...unplaced];
}

function bySeat(a: Seat, b: Seat): number {
  const [left, right] = [seatNumber(a.seat), seatNumber(b.seat)];
  if (left === null || right === null)
    return Number(left === null) - Number(right === null) || byNumber(a, b);
  return left - right || compareTexts(a.seat ?? "", b.seat ?? "");
}

function byNumber(a: Seat, b: Seat): number {
  return compareTexts(a.number, b.number) || compareNames(a.name, b.name);
}

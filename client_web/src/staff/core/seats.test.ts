import { expect, test } from "vitest";
import { seatOf } from "./samples";
import { seatNumber, seatPlaces } from "./seats";

const labels = (places: ReturnType<typeof seatPlaces>) => places.map((seat) => seat?.seat ?? null);

test("a seat's number is found in its label", () => {
  expect([seatNumber("07"), seatNumber("Máy 12"), seatNumber("cửa sổ"), seatNumber(null)]).toEqual([
    7,
    12,
    null,
    null,
  ]);
});

test("each sits at its machine; a free machine stays a gap; who has no seat comes last", () => {
  const places = seatPlaces([
    seatOf({ sitting: 1, seat: null, number: "009" }),
    seatOf({ sitting: 2, seat: "04" }),
    seatOf({ sitting: 3, seat: "01" }),
  ]);
  expect(places.map((seat) => seat?.sitting ?? null)).toEqual([3, null, null, 2, 1]);
});

test("doubled or far-off numbers fall back to a plain order", () => {
  expect(labels(seatPlaces([seatOf({ seat: "B1" }), seatOf({ seat: "A1" })]))).toEqual(["A1", "B1"]);
  expect(labels(seatPlaces([seatOf({ seat: "512" }), seatOf({ seat: "3" })]))).toEqual(["3", "512"]);
});

test("without seats the candidate numbers order the map", () => {
  const places = seatPlaces([seatOf({ seat: null, number: "002" }), seatOf({ seat: null, number: "001" })]);
  expect(places.map((seat) => seat?.number)).toEqual(["001", "002"]);
});

test("nobody gives an empty map", () => {
  expect(seatPlaces([])).toEqual([]);
});

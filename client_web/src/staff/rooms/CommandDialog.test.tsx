import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RoomView, Seat } from "../../protocol/messages";
import type { CommandName } from "../core/bulk";
import { seatOf } from "../core/samples";
import { CommandDialog } from "./CommandDialog";

let page: HTMLElement;

beforeEach(() => {
  page = document.createElement("div");
  document.body.append(page);
});

afterEach(() => {
  render(null, page);
  page.remove();
});

function roomOf(seats: Seat[]): RoomView {
  const at = "2026-11-22T01:00:00Z";
  return {
    shift: {
      id: 7,
      exam_id: 3,
      exam: "Toán 12",
      subject: "Toán",
      name: "Ca 1",
      room: "Phòng máy 2",
      opens_at: at,
      closes_at: "2026-11-22T03:00:00Z",
      started_at: at,
      minutes: 90,
      candidates: seats.length,
      states: {},
    },
    now: at,
    items: 22,
    seats,
  };
}

function open(command: CommandName, seats: Seat[], chosen = seats): void {
  const nothing = () => undefined;
  act(() => {
    render(
      <CommandDialog
        command={command}
        view={roomOf(seats)}
        chosen={chosen}
        onDone={nothing}
        onClose={nothing}
      />,
      page,
    );
  });
}

function type(selector: string, text: string): void {
  const field = page.querySelector<HTMLInputElement>(selector);
  if (field === null) throw new Error(`no ${selector}`);
  act(() => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

const submits = () => page.querySelector<HTMLButtonElement>("button[type=submit]")?.disabled === false;

test("nothing happens without a reason; one click gives a common one", () => {
  open("pause", [seatOf({})]);
  expect(page.textContent).toContain("Nguyễn Văn An");
  expect(submits()).toBe(false);
  act(() => page.querySelector<HTMLButtonElement>(".suggestions button")?.click());
  expect(submits()).toBe(true);
});

test("collecting a script needs the word typed besides the reason", () => {
  open("force_submit", [seatOf({})]);
  act(() => page.querySelector<HTMLButtonElement>(".suggestions button")?.click());
  expect(submits()).toBe(false);
  type("form > .field input", "thu");
  expect(submits()).toBe(false);
  type("form > .field input", "thu bài");
  expect(submits()).toBe(true);
});

test("the bell rings for the whole shift, whoever is chosen", () => {
  const seats = [1, 2, 3].map((sitting) =>
    seatOf({ sitting, name: `Thí sinh ${sitting}`, state: "waiting" }),
  );
  open("start", seats, seats.slice(0, 2));
  expect(page.textContent).toContain("Thí sinh 3");
});

test("whoever can't be changed is told before", () => {
  open("pause", [seatOf({ sitting: 1 }), seatOf({ sitting: 2, state: "submitted" })]);
  expect(page.querySelector(".skipped")?.textContent).toContain("1");
});

test("more time than a shift could have is not sent", () => {
  open("add_time", [seatOf({})]);
  type(".field input:not([type=number])", "Mất điện");
  expect(submits()).toBe(true);
  type("input[type=number]", "0");
  expect(submits()).toBe(false);
  type("input[type=number]", "500");
  expect(submits()).toBe(false);
});

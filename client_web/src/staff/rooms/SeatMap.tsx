import { useRef, useState } from "preact/hooks";
import { Field } from "../../base/Field";
import type { Seat } from "../../protocol/messages";
import type { RoomProblem } from "../core/problems";
import { NOBODY, only, reach, type Selection, stepTo, toggle } from "../core/selection";
import { t } from "../texts";
import { SeatCard } from "./SeatCard";

const COLUMNS = [4, 5, 6, 8] as const;
const KEPT = "khaothi.room.columns";

interface SeatMapProps {
  places: readonly (Seat | null)[];
  problems: readonly RoomProblem[];
  items: number;
  now_ms: number;
  selection: Selection;
  onSelect: (selection: Selection) => void;
}

/** The room as it stands, the front at the top. Click, shift-click, arrows, space; Ctrl+A all, Escape none. */
export function SeatMap({ places, problems, items, now_ms, selection, onSelect }: SeatMapProps) {
  const [columns, setColumns] = useState(() => Number(localStorage.getItem(KEPT)) || 6);
  const [at, setAt] = useState<number | null>(null);
  const map = useRef<HTMLDivElement>(null);
  const seats = places.filter((place) => place !== null);
  const shown = seats.map((seat) => seat.sitting);
  const place = places.findIndex((seat) => seat?.sitting === (at ?? shown[0]));
  const choose = (seat: Seat, far: boolean) => {
    setAt(seat.sitting);
    onSelect(far ? reach(selection, seat.sitting, shown) : toggle(selection, seat.sitting));
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape") return onSelect(NOBODY);
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
      event.preventDefault();
      return onSelect(only(shown));
    }
    const next = stepTo(event.key, place, columns, places.length);
    if (next === null) return;
    event.preventDefault();
    const target = nearestSeat(places, next, Math.sign(next - place));
    if (target === undefined) return;
    setAt(target.sitting);
    map.current?.querySelector<HTMLElement>(`[data-sitting="${target.sitting}"]`)?.focus();
  };
  return (
    <section class="map" aria-label={t("room_map")}>
      <div class="map-head">
        <span class="map-front">{t("room_front")}</span>
        <Columns
          columns={columns}
          onChange={(next) => {
            localStorage.setItem(KEPT, String(next));
            setColumns(next);
          }}
        />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a group of toggle buttons, not of form fields. */}
      <div
        ref={map}
        class="seats"
        role="group"
        aria-label={t("seats_help")}
        style={{ "--columns": String(columns) }}
        onKeyDown={keys}
      >
        {places.map((seat, index) =>
          seat === null ? (
            <div key={`free-${index}`} class="seat-free">
              <span class="seat-label">{String(index + 1).padStart(2, "0")}</span>
              <span>{t("seat_free")}</span>
            </div>
          ) : (
            <SeatCard
              key={seat.sitting}
              seat={seat}
              problem={problems.find((problem) => problem.sitting === seat.sitting)}
              items={items}
              now_ms={now_ms}
              chosen={selection.chosen.has(seat.sitting)}
              reachable={index === place}
              onChoose={(far) => choose(seat, far)}
            />
          ),
        )}
      </div>
    </section>
  );
}

/** The seat at a place, or the next one on in the same direction. */
function nearestSeat(places: readonly (Seat | null)[], from: number, direction: number): Seat | undefined {
  for (let place = from; place >= 0 && place < places.length; place += direction || 1) {
    const seat = places[place];
    if (seat) return seat;
  }
  return undefined;
}

function Columns({ columns, onChange }: { columns: number; onChange: (columns: number) => void }) {
  return (
    <div class="map-columns">
      <Field label={t("room_columns")}>
        {(control) => (
          <select
            {...control}
            class="input"
            value={columns}
            onChange={(event) => onChange(Number(event.currentTarget.value))}
          >
            {COLUMNS.map((count) => (
              <option key={count} value={count}>
                {count}
              </option>
            ))}
          </select>
        )}
      </Field>
    </div>
  );
}

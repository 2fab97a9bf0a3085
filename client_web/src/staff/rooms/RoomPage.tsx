import { useState } from "preact/hooks";
import { ApiError } from "../../base/api";
import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import { formatCountdown } from "../../base/formats";
import type { RoomView } from "../../protocol/messages";
import type { CommandName } from "../core/bulk";
import { problemsOf } from "../core/problems";
import { seatPlaces } from "../core/seats";
import { NOBODY, only, type Selection } from "../core/selection";
import { Empty, Heading } from "../Heading";
import { errorSentence } from "../Loading";
import { Link } from "../router";
import { t } from "../texts";
import { CommandBar } from "./CommandBar";
import { CommandDialog } from "./CommandDialog";
import { LogTable } from "./LogTable";
import { ProblemList } from "./ProblemList";
import { RoomClock } from "./RoomClock";
import { SeatDetail } from "./SeatDetail";
import { SeatMap } from "./SeatMap";
import { ServerAlarms } from "./ServerAlarms";
import { type LiveRoom, useRoom } from "./useRoom";

interface RoomPageProps {
  shift: number;
  tab: "map" | "log";
  mayCommand: boolean;
}

/** One room, live. */
export function RoomPage({ shift, tab, mayCommand }: RoomPageProps) {
  const room = useRoom(shift);
  const view = room.view;
  if (view === undefined) return <Waiting room={room} />;
  return (
    <div class="room">
      <div class="room-top">
        <Heading
          title={`${view.shift.name} · ${view.shift.room}`}
          up={{ to: { page: "rooms" }, label: t("nav_rooms") }}
          note={view.shift.exam}
        />
        <nav class="tabs" aria-label={t("room_views")}>
          <Link to={{ page: "room", shift, tab: "map" }} class="tab" current={tab === "map"}>
            {t("room_map")}
          </Link>
          <Link to={{ page: "room", shift, tab: "log" }} class="tab" current={tab === "log"}>
            {t("room_log")}
          </Link>
        </nav>
        <RoomClock shift={view.shift} now_ms={room.now_ms} />
      </div>
      <LineLost room={room} />
      <ServerAlarms />
      {tab === "map" ? (
        <RoomMap room={room} view={view} mayCommand={mayCommand} />
      ) : (
        <LogTable shift={view.shift} />
      )}
    </div>
  );
}

function Waiting({ room }: { room: LiveRoom }) {
  if (room.error === undefined) return <p class="loading">{t("loading")}</p>;
  return (
    <Banner tone="danger" live="assertive">
      <p>{errorSentence(room.error)}</p>
      <Button small onClick={room.again}>
        {t("try_again")}
      </Button>
    </Banner>
  );
}

/** Said as soon as the room is no longer heard: what is shown may be old, the candidates go on. */
function LineLost({ room }: { room: LiveRoom }) {
  if (room.freshness !== "lost") return null;
  return (
    <Banner tone="danger" live="assertive" icon="offline">
      {/* Said when the banner appears, and not again with each second. */}
      <p class="strong" aria-live="off">
        {t("room_lost", { time: formatCountdown(room.age_ms) })}
      </p>
      <p>{room.error instanceof ApiError ? room.error.problem.message : t("room_lost_why")}</p>
    </Banner>
  );
}

function RoomMap({ room, view, mayCommand }: { room: LiveRoom; view: RoomView; mayCommand: boolean }) {
  const [selection, setSelection] = useState<Selection>(NOBODY);
  const [asked, setAsked] = useState<CommandName | null>(null);
  const chosen = view.seats.filter((seat) => selection.chosen.has(seat.sitting));
  const problems = problemsOf(view.seats, { now_ms: room.now_ms, begun: view.shift.started_at !== null });
  if (view.seats.length === 0) {
    return (
      <Empty title={t("room_empty")}>
        <p>{t("room_empty_begin")}</p>
      </Empty>
    );
  }
  const act = (command: CommandName, sitting: number) => {
    setSelection(only([sitting]));
    setAsked(command);
  };
  return (
    <div class={room.freshness === "lost" ? "room-live room-stale" : "room-live"}>
      <CommandBar
        view={view}
        selection={selection}
        mayCommand={mayCommand}
        onSelect={setSelection}
        onCommand={setAsked}
      />
      <div class="room-floor">
        <SeatMap
          places={seatPlaces(view.seats)}
          problems={problems}
          items={view.items}
          now_ms={room.now_ms}
          selection={selection}
          onSelect={setSelection}
        />
        <aside class="room-side" aria-label={t("problems")}>
          {chosen.length === 1 && chosen[0] && (
            <SeatDetail seat={chosen[0]} items={view.items} now_ms={room.now_ms} />
          )}
          <ProblemList problems={problems} seats={view.seats} mayCommand={mayCommand} onAct={act} />
        </aside>
      </div>
      {asked && (
        <CommandDialog
          command={asked}
          view={view}
          chosen={chosen}
          onDone={room.again}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  );
}

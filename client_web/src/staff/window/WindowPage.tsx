import { useState } from "preact/hooks";
import { ApiError } from "../../base/api";
import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import { formatCountdown, formatTime } from "../../base/formats";
import { Icon } from "../../base/Icon";
import type { ShiftRow, WindowView } from "../../protocol/messages";
import { listShifts } from "../api";
import { byPhase } from "../core/shifts";
import { Empty, Heading } from "../Heading";
import { errorSentence, useLoad } from "../Loading";
import { Link } from "../router";
import { t } from "../texts";
import type { Live } from "../useLive";
import { DiskPanel } from "./DiskPanel";
import { Judgements } from "./Judgements";
import { Numbers } from "./Numbers";
import { Plots } from "./Plots";
import { useWindow } from "./useWindow";
import { WorkerTable } from "./WorkerTable";

/** How the server fares, live, for whoever is there to keep it running. */
export function WindowPage({ mayTestRooms }: { mayTestRooms: boolean }) {
  const [shift, setShift] = useState<number | null>(null);
  const live = useWindow(shift);
  const [held, setHeld] = useState<WindowView | null>(null);
  const view = held ?? live.view;
  return (
    <>
      <Heading title={t("nav_window")} note={t("window_note")}>
        {mayTestRooms && (
          <Link to={{ page: "room_tests" }} class="button">
            <Icon name="room" /> {t("room_tests")}
          </Link>
        )}
        <ShiftChoice shift={shift} onChoose={setShift} />
        <Button
          icon={held === null ? "pause" : "play"}
          disabled={live.view === undefined}
          onClick={() => setHeld(held === null ? (live.view ?? null) : null)}
        >
          {t(held === null ? "window_pause" : "window_resume")}
        </Button>
      </Heading>
      <Line live={live} />
      {held !== null && (
        <Banner tone="waiting" live="polite" icon="pause">
          <p>{t("window_paused", { time: formatTime(held.now, true) })}</p>
        </Banner>
      )}
      {view === undefined ? (
        live.error === undefined && <p class="loading">{t("loading")}</p>
      ) : (
        <Window view={view} />
      )}
    </>
  );
}

/** Said as soon as the server is no longer heard. */
function Line({ live }: { live: Live<WindowView> }) {
  if (live.view === undefined && live.error !== undefined) {
    return (
      <Banner tone="danger" live="assertive">
        <p>{errorSentence(live.error)}</p>
        <Button small onClick={live.again}>
          {t("try_again")}
        </Button>
      </Banner>
    );
  }
  if (live.view === undefined || live.freshness !== "lost") return null;
  return (
    <Banner tone="danger" live="assertive" icon="offline">
      <p class="strong" aria-live="off">
        {t("window_lost", { time: formatCountdown(live.age_ms) })}
      </p>
      <p>{live.error instanceof ApiError ? live.error.problem.message : t("window_lost_why")}</p>
    </Banner>
  );
}

interface ShiftChoiceProps {
  shift: number | null;
  onChoose: (shift: number | null) => void;
}

function ShiftChoice({ shift, onChoose }: ShiftChoiceProps) {
  const load = useLoad(listShifts, []);
  const shifts = byPhase(load.value?.shifts ?? [], Date.now());
  return (
    <label class="window-shift">
      <span class="field-label">{t("window_shift")}</span>
      <select
        class="input"
        value={shift ?? ""}
        onChange={(event) => onChoose(Number(event.currentTarget.value) || null)}
      >
        <option value="">{t("window_all_shifts")}</option>
        {shifts.map((each: ShiftRow) => (
          <option key={each.id} value={each.id}>
            {`${each.name} · ${each.room} · ${each.exam}`}
          </option>
        ))}
      </select>
    </label>
  );
}

function Window({ view }: { view: WindowView }) {
  return (
    <>
      <Judgements view={view} />
      {view.shift !== null && (
        <Banner tone="info">
          <p class="strong">
            {t("window_shift_load", {
              connected: view.shift.connected,
              candidates: view.shift.shift.candidates,
              unsaved: view.shift.unsaved,
              answered: view.shift.answered,
            })}
          </p>
          <p>{t("window_shift_whole")}</p>
        </Banner>
      )}
      {view.workers.length === 0 ? (
        <Empty title={t("window_empty")}>
          <p class="prose">{t("window_empty_begin")}</p>
        </Empty>
      ) : (
        <>
          <section class="block" aria-labelledby="window-plots">
            <h2 id="window-plots">{t("window_plots")}</h2>
            <div class="window-plots">
              <Plots series={view.series} />
              <Numbers series={view.series} />
            </div>
          </section>
          <WorkerTable workers={view.workers} />
        </>
      )}
      <DiskPanel view={view} />
    </>
  );
}

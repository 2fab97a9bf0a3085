import { useEffect } from "preact/hooks";
import { formatDateTime } from "../../base/formats";
import type { ShiftRow } from "../../protocol/messages";
import { listShifts } from "../api";
import { byPhase, phaseOf } from "../core/shifts";
import { Empty, Heading } from "../Heading";
import { Loaded, useLoad } from "../Loading";
import { Link } from "../router";
import { StateCounts } from "../StateCounts";
import { counted, t } from "../texts";

const REFRESH_MS = 10_000;

/** The shifts one may watch, the running ones first. */
export function RoomsPage() {
  const load = useLoad(listShifts, []);
  useEffect(() => {
    const timer = setInterval(load.again, REFRESH_MS);
    return () => clearInterval(timer);
  }, [load.again]);
  return (
    <>
      <Heading title={t("nav_rooms")} />
      <Loaded load={load}>
        {({ shifts }) =>
          shifts.length === 0 ? (
            <Empty title={t("rooms_empty")}>
              <p>{t("rooms_empty_begin")}</p>
            </Empty>
          ) : (
            <ul class="shift-cards">
              {byPhase(shifts, Date.now()).map((shift) => (
                <ShiftCard key={shift.id} shift={shift} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}

function ShiftCard({ shift }: { shift: ShiftRow }) {
  const phase = phaseOf(shift, Date.now());
  return (
    <li class={`shift-card shift-${phase}`}>
      <div>
        <p class="shift-phase">{t(`phase_${phase}`)}</p>
        <h2>
          <Link to={{ page: "room", shift: shift.id, tab: "map" }} class="row-link">
            {`${shift.name} · ${shift.room}`}
          </Link>
        </h2>
        <p>{shift.exam}</p>
      </div>
      <dl class="shift-facts">
        <dt>{t("column_bell")}</dt>
        <dd>{formatDateTime(shift.started_at ?? shift.opens_at)}</dd>
        <dt>{t("time_allowed")}</dt>
        <dd>{t("minutes", { minutes: shift.minutes })}</dd>
        <dt>{t("column_candidates")}</dt>
        <dd>{counted("persons", shift.candidates)}</dd>
      </dl>
      <StateCounts states={shift.states} />
    </li>
  );
}

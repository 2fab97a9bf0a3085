import { useEffect, useState } from "preact/hooks";
import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import { TextField } from "../../base/Field";
import { formatDateTime } from "../../base/formats";
import { Icon } from "../../base/Icon";
import { isLabText, t as lab } from "../../lab/texts";
import type { RehearsalCode, RehearsalFinding, RehearsalRow } from "../../protocol/messages";
import { listRoomTests, makeRoomTest } from "../api";
import { type RoomTestState, stateOf } from "../core/room_tests";
import { DataTable } from "../DataTable";
import { Empty, Heading } from "../Heading";
import { ActError, Loaded, useAct, useLoad } from "../Loading";
import { t } from "../texts";

const REFRESH_MS = 10_000;

/** Codes for the tests of rooms before the day, and what the tests said. */
export function RoomTestsPage() {
  const load = useLoad(listRoomTests, []);
  const [made, setMade] = useState<RehearsalCode | null>(null);
  useEffect(() => {
    const timer = setInterval(load.again, REFRESH_MS);
    return () => clearInterval(timer);
  }, [load.again]);
  return (
    <>
      <Heading
        title={t("room_tests")}
        up={{ to: { page: "window" }, label: t("nav_window") }}
        note={t("room_tests_note")}
      />
      <NewCode
        onMade={(code) => {
          setMade(code);
          load.again();
        }}
      />
      {made !== null && <Code made={made} />}
      <Loaded load={load}>
        {({ rehearsals }) =>
          rehearsals.length === 0 ? (
            <Empty title={t("room_tests_empty")}>
              <p class="prose">{t("room_tests_empty_begin")}</p>
            </Empty>
          ) : (
            <RoomTests rows={rehearsals} />
          )
        }
      </Loaded>
    </>
  );
}

function NewCode({ onMade }: { onMade: (code: RehearsalCode) => void }) {
  const act = useAct();
  const [room, setRoom] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void act.run(async () => {
      onMade(await makeRoomTest(room.trim()));
      setRoom("");
    });
  };
  return (
    <form class="form room-test-new" onSubmit={submit}>
      <ActError act={act} />
      <TextField
        label={t("column_room")}
        hint={t("room_test_room_hint")}
        required
        maxLength={100}
        value={room}
        onInput={(event) => setRoom(event.currentTarget.value)}
      />
      <Button kind="primary" icon="plus" type="submit" disabled={act.busy || room.trim() === ""}>
        {t("room_test_make")}
      </Button>
    </form>
  );
}

/** The code, which only this reply holds. */
function Code({ made }: { made: RehearsalCode }) {
  return (
    <Banner tone="saved" live="polite">
      <p>
        {t("room_test_made", { room: made.room })} <strong class="room-test-code">{made.code}</strong>
      </p>
      <p>{t("room_test_do", { address: `${location.origin}/room-test` })}</p>
      <p>{t("room_test_once", { until: formatDateTime(made.expires_at) })}</p>
    </Banner>
  );
}

function RoomTests({ rows }: { rows: readonly RehearsalRow[] }) {
  return (
    <DataTable
      caption={t("room_tests")}
      columns={[
        { name: "room", label: t("column_room") },
        { name: "made", label: t("column_code_made") },
        { name: "verdict", label: t("column_verdict") },
        { name: "reasons", label: t("column_reasons") },
      ]}
    >
      {rows.map((row) => (
        <tr key={row.id}>
          <td class="strong room-test-room">{row.room}</td>
          <td class="nowrap">{formatDateTime(row.made_at)}</td>
          <td>
            <Verdict row={row} />
          </td>
          <td>
            <Reasons findings={row.verdict?.findings ?? []} />
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

const MARKS = {
  go: { icon: "check", tone: "saved" },
  no_go: { icon: "stop", tone: "danger" },
  playing: { icon: "play", tone: "waiting" },
  unused: { icon: "clock", tone: "replaced" },
  expired: { icon: "clock", tone: "replaced" },
  broken_off: { icon: "warning", tone: "waiting" },
} as const satisfies Record<RoomTestState, object>;

function Verdict({ row }: { row: RehearsalRow }) {
  const state = stateOf(row, Date.now());
  const { icon, tone } = MARKS[state];
  return (
    <>
      <p class={`mark mark-${tone}`}>
        <Icon name={icon} />{" "}
        {state === "go" || state === "no_go" ? <strong>{lab(`room_${state}`)}</strong> : said(state, row)}
      </p>
      {row.verdict !== null && row.played_at !== null && (
        <p class="soft">
          {t("room_test_played", {
            students: row.verdict.students,
            when: formatDateTime(row.played_at),
          })}
        </p>
      )}
    </>
  );
}

function said(state: Exclude<RoomTestState, "go" | "no_go">, row: RehearsalRow): string {
  return t(`room_test_${state}`, { until: formatDateTime(row.expires_at) });
}

/** What was not as it should be, against what is needed. */
function Reasons({ findings }: { findings: readonly RehearsalFinding[] }) {
  const wrong = findings.filter((finding) => finding.level !== "ok");
  if (wrong.length === 0) return null;
  return (
    <ul class="room-test-reasons">
      {wrong.map(({ check, level, measured, bound }) => {
        const figures = { measured: Math.round(measured), bound: Math.round(bound) };
        const advice = `room_${check}_${level}`;
        return (
          <li key={check}>
            <p>
              <strong>{lab(`room_${check}`)}:</strong> {lab(`room_${check}_measured`, figures)}{" "}
              {t("room_test_need", { need: lab(`room_${check}_need`, figures) })}
            </p>
            {isLabText(advice) && <p class="soft">{lab(advice)}</p>}
          </li>
        );
      })}
    </ul>
  );
}

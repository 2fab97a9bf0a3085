import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../base/api";
import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import { useLanguage } from "../../base/catalogue";
import { TextField } from "../../base/Field";
import { formatCountdown, formatDateTime } from "../../base/formats";
import { Frame } from "../../student/Frame";
import { Mark, Verdict } from "../Mark";
import { isLabText, t } from "../texts";
import { LatencyPlot } from "./LatencyPlot";
import { Occupied, type Played, play, type Standing, type Wish } from "./play";

type Stage =
  | { name: "asking"; problem: string | null }
  | { name: "playing"; standing: Standing | null }
  | { name: "over"; played: Played; at_ms: number };

const MOST = { students: 200, minutes: 6 };

/** One lab PC plays a whole class against the real server, and says go or no go. */
export function RoomTest() {
  const language = useLanguage();
  const [stage, setStage] = useState<Stage>({ name: "asking", problem: null });
  const [wish, setWish] = useState<Wish>({ code: "", students: 50, minutes: 2 });
  useEffect(() => {
    document.title = t("room_title");
  }, [language]);
  useHold(stage.name === "playing");

  async function start() {
    setStage({ name: "playing", standing: null });
    try {
      const played = await play({ ...wish, code: wish.code.trim() }, (standing) =>
        setStage({ name: "playing", standing }),
      );
      setStage({ name: "over", played, at_ms: Date.now() });
    } catch (error) {
      setStage({ name: "asking", problem: problemOf(error) });
    }
  }

  return (
    <Frame wide>
      <div class="lab">
        <h1>{t("room_title")}</h1>
        {stage.name === "asking" && (
          <Asking wish={wish} onWish={setWish} problem={stage.problem} onStart={start} />
        )}
        {stage.name === "playing" && <Playing standing={stage.standing} />}
        {stage.name === "over" && (
          <Over
            played={stage.played}
            at_ms={stage.at_ms}
            onAgain={() => {
              setWish({ ...wish, code: "" });
              setStage({ name: "asking", problem: null });
            }}
          />
        )}
      </div>
    </Frame>
  );
}

function problemOf(error: unknown): string {
  if (error instanceof Occupied) return t("room_occupied");
  if (error instanceof ApiError) return error.problem.message;
  console.error("the room test broke off", error);
  return t("room_broke_off");
}

/** Leaving the page would end the test. */
function useHold(on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const hold = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", hold);
    return () => window.removeEventListener("beforeunload", hold);
  }, [on]);
}

interface AskingProps {
  wish: Wish;
  onWish: (wish: Wish) => void;
  problem: string | null;
  onStart: () => void;
}

function Asking({ wish, onWish, problem, onStart }: AskingProps) {
  const [tried, setTried] = useState(false);
  const wrong = (value: number, most: number) =>
    tried && !within(value, most) ? t("room_range", { most }) : undefined;

  function submit(event: SubmitEvent) {
    event.preventDefault();
    setTried(true);
    if (
      wish.code.trim() === "" ||
      !within(wish.students, MOST.students) ||
      !within(wish.minutes, MOST.minutes)
    )
      return;
    onStart();
  }

  return (
    <form class="card lab-ask" onSubmit={submit} noValidate>
      <p class="soft">{t("room_intro")}</p>
      {problem !== null && (
        <Banner tone="danger" live="assertive">
          {problem}
        </Banner>
      )}
      <TextField
        label={t("room_code")}
        hint={t("room_code_hint")}
        error={tried && wish.code.trim() === "" ? t("room_code_missing") : undefined}
        class="input-big"
        value={wish.code}
        onInput={(event) => onWish({ ...wish, code: event.currentTarget.value.toUpperCase() })}
        autocomplete="off"
        spellcheck={false}
        maxLength={20}
      />
      <div class="lab-inputs">
        <TextField
          label={t("room_students")}
          error={wrong(wish.students, MOST.students)}
          type="number"
          min={1}
          max={MOST.students}
          value={wish.students}
          onInput={(event) => onWish({ ...wish, students: event.currentTarget.valueAsNumber })}
        />
        <TextField
          label={t("room_minutes")}
          error={wrong(wish.minutes, MOST.minutes)}
          type="number"
          min={1}
          max={MOST.minutes}
          value={wish.minutes}
          onInput={(event) => onWish({ ...wish, minutes: event.currentTarget.valueAsNumber })}
        />
      </div>
      <Button kind="primary" type="submit" icon="play" class="button-big">
        {t("room_start")}
      </Button>
    </form>
  );
}

function within(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}

function Playing({ standing }: { standing: Standing | null }) {
  const before = standing !== null && standing.bell_s !== null && standing.bell_s > 0;
  return (
    <section class="card lab-playing">
      <p class="lab-step" role="status">
        {t(`step_${standing?.step ?? "enter"}`)}
      </p>
      {before && (
        <p class="lab-countdown tabular">
          {t("room_bell_in", { time: formatCountdown((standing.bell_s ?? 0) * 1000) })}
        </p>
      )}
      {standing !== null && (
        <dl class="lab-counts">
          <Count name={t("count_logged_in")} value={standing.loggedIn} of={standing.students} />
          <Count name={t("count_papers")} value={standing.papers} of={standing.students} />
          <Count name={t("count_started")} value={standing.started} of={standing.students} />
          <Count name={t("count_acknowledged")} value={standing.acknowledged} of={standing.sent} />
          <Count name={t("count_receipts")} value={standing.receipts} of={standing.students} />
        </dl>
      )}
      <p class="soft">{t("room_stay")}</p>
    </section>
  );
}

function Count({ name, value, of }: { name: string; value: number; of: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="tabular">{`${value}/${of}`}</dd>
    </div>
  );
}

interface OverProps {
  played: Played;
  at_ms: number;
  onAgain: () => void;
}

function Over({ played: { verdict, latencies, cut_ms }, at_ms, onAgain }: OverProps) {
  const { go, room, students, findings } = verdict;
  return (
    <>
      <p class="lab-of">{t("room_of", { room, students, when: formatDateTime(at_ms) })}</p>
      <Verdict
        level={go ? "ok" : "fail"}
        title={t(go ? "room_go" : "room_no_go")}
        text={t(go ? "room_go_text" : "room_no_go_text")}
      />
      <Findings findings={findings} />
      {latencies.length > 0 && <LatencyPlot latencies={latencies} cut_ms={cut_ms} />}
      <div class="actions no-print">
        <Button kind="primary" icon="print" onClick={() => window.print()}>
          {t("print")}
        </Button>
        <Button icon="play" onClick={onAgain}>
          {t("room_again")}
        </Button>
      </div>
    </>
  );
}

function Findings({ findings }: { findings: Played["verdict"]["findings"] }) {
  return (
    <table class="lab-table">
      <thead>
        <tr>
          <td />
          <th scope="col">{t("column_check")}</th>
          <th scope="col">{t("column_measured")}</th>
          <th scope="col">{t("column_need")}</th>
        </tr>
      </thead>
      <tbody>
        {findings.map(({ check, level, measured, bound }) => {
          const figures = { measured: Math.round(measured), bound: Math.round(bound) };
          const advice = `room_${check}_${level}`;
          return (
            <tr key={check}>
              <td>
                <Mark level={level} />
              </td>
              <th scope="row">
                {t(`room_${check}`)}
                {level !== "ok" && isLabText(advice) && <p class="lab-advice">{t(advice)}</p>}
              </th>
              <td class="lab-figure">{t(`room_${check}_measured`, figures)}</td>
              <td class="lab-figure">{t(`room_${check}_need`, figures)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

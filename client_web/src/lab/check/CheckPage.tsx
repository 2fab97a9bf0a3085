import { useEffect, useState } from "preact/hooks";
import { Button } from "../../base/Button";
import { useLanguage } from "../../base/catalogue";
import { TextField } from "../../base/Field";
import { formatDateTime } from "../../base/formats";
import { Frame } from "../../student/Frame";
import { Mark, Verdict } from "../Mark";
import { isLabText, t } from "../texts";
import { judge, lineOf, type Measured, type Row, TO_TYPE, verdictOf } from "./judge";
import { measure } from "./measure";

const VERDICTS = { ok: "pc_verdict_ok", caution: "pc_verdict_caution", fail: "pc_verdict_fail" } as const;
const WHAT_TO_DO = { ok: "pc_do_ok", caution: "pc_do_caution", fail: "pc_do_fail" } as const;

/** Whether this PC is ready: for the technician who goes from PC to PC before the day. */
export function CheckPage() {
  const language = useLanguage();
  const [step, setStep] = useState<"lines" | "store" | "fonts" | null>("lines");
  const [measured, setMeasured] = useState<Measured | null>(null);
  const [typed, setTyped] = useState("");
  const [seat, setSeat] = useState("");

  async function run() {
    setMeasured(null);
    const found = await measure(setStep);
    setMeasured(found);
    setStep(null);
  }

  useEffect(() => void run(), []);
  useEffect(() => {
    document.title = t("pc_title");
  }, [language]);

  return (
    <Frame wide>
      <div class="lab">
        <h1>{t("pc_title")}</h1>
        <div class="lab-inputs">
          <TextField
            label={t("pc_seat")}
            value={seat}
            maxLength={40}
            onInput={(event) => setSeat(event.currentTarget.value)}
          />
          <TextField
            label={t("pc_type", { wanted: TO_TYPE })}
            value={typed}
            maxLength={20}
            autocomplete="off"
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </div>
        {measured === null ? (
          <p class="card lab-busy" role="status">
            {t(`pc_step_${step ?? "lines"}`)}
          </p>
        ) : (
          <Result measured={{ ...measured, typed }} onAgain={run} />
        )}
      </div>
    </Frame>
  );
}

function Result({ measured, onAgain }: { measured: Measured; onAgain: () => void }) {
  const rows = judge(measured);
  const verdict = verdictOf(rows);
  const keyed = rows.every((row) => row.check !== "keyboard" || row.level === "ok");
  return (
    <>
      <Verdict
        level={verdict}
        title={t(VERDICTS[verdict])}
        text={t(verdict === "ok" && !keyed ? "pc_do_keyboard" : WHAT_TO_DO[verdict])}
      />
      <p class="lab-line">
        <span class="soft">{t("pc_line")}</span> <span class="lab-code">{lineOf(measured)}</span>
      </p>
      <table class="lab-table">
        <caption class="visually-hidden">{t("pc_title")}</caption>
        <tbody>
          {rows.map((row) => (
            <tr key={row.check}>
              <td>
                <Mark level={row.level} />
              </td>
              <th scope="row">{t(`pc_${row.check}`)}</th>
              <td>{said(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="soft">{t("pc_when", { when: formatDateTime(Date.now()) })}</p>
      <div class="actions no-print">
        <Button kind="primary" icon="play" onClick={onAgain}>
          {t("pc_again")}
        </Button>
        <Button icon="print" onClick={() => window.print()}>
          {t("print")}
        </Button>
        <a class="button" href="/room-test">
          {t("room_title")}
        </a>
        <a class="button button-quiet" href="/">
          {t("pc_login")}
        </a>
      </div>
    </>
  );
}

function said(row: Row): string {
  const key = `pc_${row.check}_${row.says}`;
  const before = row.figures.before;
  const figures = before ? { ...row.figures, before: formatDateTime(Number(before)) } : row.figures;
  return isLabText(key) ? t(key, figures) : key;
}

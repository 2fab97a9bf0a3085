import { useState } from "preact/hooks";
import { Button } from "../../base/Button";
import { TextField } from "../../base/Field";
import { formatDateTime } from "../../base/formats";
import type { NewShift } from "../../protocol/messages";
import { createShift, readExam } from "../api";
import { instantOf, type LocalMoment, localMoment, nextHalfHour } from "../core/moment";
import { Heading } from "../Heading";
import { ActError, useAct, useLoad } from "../Loading";
import { go } from "../router";
import { t } from "../texts";

/** A new shift of an exam: when, where, and how candidates are let in. */
export function NewShiftPage({ exam }: { exam: number }) {
  const load = useLoad((signal) => readExam(exam, signal), [exam]);
  const act = useAct();
  const [shift, setShift] = useState<Omit<NewShift, "opens_at">>({
    name: "",
    room: "",
    late_minutes: 15,
    admission: "automatic",
  });
  const [bell, setBell] = useState<LocalMoment>(() => localMoment(nextHalfHour(new Date())));
  const opens_at = instantOf(bell);
  const change = (changes: Partial<typeof shift>) => setShift({ ...shift, ...changes });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (opens_at === null) return;
    void act.run(async () => {
      const made = await createShift(exam, { ...shift, opens_at });
      go({ page: "roster", exam, shift: made.id });
    });
  };
  return (
    <>
      <Heading
        title={t("shift_create")}
        up={{ to: { page: "exam", exam }, label: load.value?.title ?? t("column_exam") }}
      />
      <form class="form" onSubmit={submit}>
        <ActError act={act} />
        <TextField
          label={t("shift_name")}
          hint={t("shift_name_hint")}
          required
          maxLength={100}
          value={shift.name}
          onInput={(event) => change({ name: event.currentTarget.value })}
        />
        <TextField
          label={t("column_room")}
          hint={t("shift_room_hint")}
          required
          maxLength={100}
          value={shift.room}
          onInput={(event) => change({ room: event.currentTarget.value })}
        />
        <div class="form-row">
          <TextField
            label={t("shift_day")}
            type="date"
            required
            value={bell.day}
            onInput={(event) => setBell({ ...bell, day: event.currentTarget.value })}
          />
          <TextField
            label={t("shift_time")}
            type="time"
            required
            value={bell.time}
            onInput={(event) => setBell({ ...bell, time: event.currentTarget.value })}
          />
        </div>
        {opens_at !== null && <p class="soft">{t("shift_bell_is", { moment: formatDateTime(opens_at) })}</p>}
        <TextField
          label={t("shift_late")}
          hint={t("shift_late_hint")}
          type="number"
          class="input-short"
          min={0}
          max={120}
          required
          value={shift.late_minutes}
          onInput={(event) => change({ late_minutes: Number(event.currentTarget.value) })}
        />
        <fieldset class="choices">
          <legend class="field-label">{t("shift_admission")}</legend>
          {(["automatic", "invigilator"] as const).map((admission) => (
            <label key={admission} class="check">
              <input
                type="radio"
                name="admission"
                checked={shift.admission === admission}
                onChange={() => change({ admission })}
              />
              {t(`admission_${admission}`)}
            </label>
          ))}
        </fieldset>
        <p class="soft">{t("shift_compiled_now")}</p>
        <div class="form-acts">
          <Button onClick={() => go({ page: "exam", exam })}>{t("cancel")}</Button>
          <Button kind="primary" type="submit" disabled={act.busy || opens_at === null}>
            {t("shift_create")}
          </Button>
        </div>
      </form>
    </>
  );
}

import { useState } from "preact/hooks";
import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import { Dialog } from "../../base/Dialog";
import { Field, TextField } from "../../base/Field";
import type { CommandResult, RoomView, Seat } from "../../protocol/messages";
import { command as send } from "../api";
import {
  type CommandName,
  commandOf,
  confirms,
  isDangerous,
  isWhole,
  MOST_MINUTES,
  namesOf,
  type Plan,
  planFor,
  REASONS,
  wordingOf,
} from "../core/bulk";
import { ActError, useAct } from "../Loading";
import { coded, counted, isStaffText, type StaffText, t } from "../texts";
import { CommandOutcome } from "./CommandOutcome";

interface CommandDialogProps {
  command: CommandName;
  view: RoomView;
  chosen: readonly Seat[];
  onDone: () => void;
  onClose: () => void;
}

interface Entries {
  reason: string;
  minutes: number;
  text: string;
  word: string;
}

const NO_ENTRIES: Entries = { reason: "", minutes: 5, text: "", word: "" };

/** Says what will happen to whom, asks why, and then tells what did happen. */
export function CommandDialog({ command, view, chosen, onDone, onClose }: CommandDialogProps) {
  const act = useAct();
  const [entries, setEntries] = useState(NO_ENTRIES);
  const [result, setResult] = useState<CommandResult | null>(null);
  const whole = isWhole(command);
  // The plan is made once: what the dialog said is what is sent, even when a seat changes meanwhile.
  const [plan] = useState(() => planFor(command, whole ? view.seats : chosen));
  const ready = isReady(plan, entries, whole);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void act.run(async () => {
      setResult(await send(view.shift.id, commandOf(plan, whole, entries)));
      onDone();
    });
  };
  if (result !== null) {
    return <CommandOutcome command={command} seats={view.seats} result={result} onClose={onClose} />;
  }
  return (
    <Dialog open title={t(`command_${command}_title`)} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <ActError act={act} />
        <What plan={plan} minutes={entries.minutes} whole={whole} />
        <Entry
          command={command}
          entries={entries}
          onChange={(changes) => setEntries({ ...entries, ...changes })}
        />
        <div class="form-acts">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button
            kind={isDangerous(command) ? "danger" : "primary"}
            type="submit"
            disabled={!ready || act.busy}
          >
            {t(`command_${command}`)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function isReady(plan: Plan, entries: Entries, whole: boolean): boolean {
  const { command } = plan;
  const someone = whole || plan.affected.length > 0;
  const timed = command !== "add_time" || (entries.minutes >= 1 && entries.minutes <= MOST_MINUTES);
  const said = command !== "message" || entries.text.trim() !== "";
  const sure = !isDangerous(command) || confirms(entries.word, confirmingWord(command));
  return someone && timed && said && sure && entries.reason.trim() !== "";
}

function confirmingWord(command: CommandName): string {
  return coded("confirm_word", command);
}

function sentence(key: string, params: Record<string, string | number>): string {
  return isStaffText(key) ? t(key as StaffText, params) : key;
}

function What({ plan, minutes, whole }: { plan: Plan; minutes: number; whole: boolean }) {
  const { names, more } = namesOf(plan.affected);
  const wording = wordingOf(plan, minutes);
  return (
    <div class="what">
      <p class="what-happens">
        {whole ? coded(`bulk_${plan.command}`, "whole") : sentence(wording.key, wording.params)}
      </p>
      {plan.affected.length > 1 && (
        <p class="soft">
          {names.join(", ")}
          {more > 0 && ` ${t("and_more", { count: more })}`}
        </p>
      )}
      {plan.skipped.length > 0 && !whole && (
        <p class="skipped">{counted("bulk_skipped", plan.skipped.length)}</p>
      )}
      {isDangerous(plan.command) && <Banner tone="danger">{t("cannot_be_undone")}</Banner>}
    </div>
  );
}

interface EntryProps {
  command: CommandName;
  entries: Entries;
  onChange: (changes: Partial<Entries>) => void;
}

function Entry({ command, entries, onChange }: EntryProps) {
  return (
    <>
      {command === "add_time" && (
        <Minutes minutes={entries.minutes} onChange={(minutes) => onChange({ minutes })} />
      )}
      {command === "message" && (
        <Field label={t("message_text")} hint={t("message_hint")}>
          {(control) => (
            <textarea
              {...control}
              class="input"
              rows={3}
              maxLength={500}
              required
              value={entries.text}
              onInput={(event) => onChange({ text: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
      <Reason command={command} reason={entries.reason} onChange={(reason) => onChange({ reason })} />
      {isDangerous(command) && (
        <TextField
          label={t("confirm_type", { word: confirmingWord(command) })}
          autoComplete="off"
          spellcheck={false}
          value={entries.word}
          onInput={(event) => onChange({ word: event.currentTarget.value })}
        />
      )}
    </>
  );
}

function Minutes({ minutes, onChange }: { minutes: number; onChange: (minutes: number) => void }) {
  return (
    <div>
      <TextField
        label={t("add_minutes")}
        type="number"
        class="input-short"
        min={1}
        max={MOST_MINUTES}
        required
        value={minutes}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
      <div class="suggestions">
        {[2, 5, 10, 15].map((each) => (
          <Button key={each} small aria-pressed={minutes === each} onClick={() => onChange(each)}>
            {t("minutes", { minutes: each })}
          </Button>
        ))}
      </div>
    </div>
  );
}

interface ReasonProps {
  command: CommandName;
  reason: string;
  onChange: (reason: string) => void;
}

function Reason({ command, reason, onChange }: ReasonProps) {
  return (
    <div>
      <TextField
        label={t("reason")}
        hint={t("reason_hint")}
        required
        maxLength={300}
        autoComplete="off"
        value={reason}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <div class="suggestions">
        {REASONS[command].map((key) => {
          const text = sentence(key, {});
          return (
            <Button key={key} small aria-pressed={reason === text} onClick={() => onChange(text)}>
              {text}
            </Button>
          );
        })}
      </div>
    </div>
  );
}

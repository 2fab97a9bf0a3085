import type { Command, Seat } from "../../protocol/messages";

export type CommandName = Command["command"];
export type SittingState =
  | "registered"
  | "admitted"
  | "waiting"
  | "running"
  | "paused"
  | "submitted"
  | "closed"
  | "voided";

/** Every state, in the order of a sitting's life. */
export const STATES: readonly SittingState[] = [
  "registered",
  "admitted",
  "waiting",
  "running",
  "paused",
  "submitted",
  "closed",
  "voided",
];

/** What an invigilator can do, in the order of the toolbar. */
export const COMMANDS: readonly CommandName[] = [
  "admit",
  "start",
  "pause",
  "resume",
  "add_time",
  "message",
  "reset_pin",
  "force_submit",
  "void",
  "end",
];

/** Whether a command is for the shift and not for candidates one by one. */
export function isWhole(command: CommandName): boolean {
  return command === "start" || command === "end";
}

/** What the toolbar offers: before the bell nobody works yet, after it the bell has rung. */
export function offered(begun: boolean): CommandName[] {
  const pointless: readonly CommandName[] = begun ? ["start"] : ["pause", "resume", "force_submit", "end"];
  return COMMANDS.filter((command) => !pointless.includes(command));
}

const SITTING: readonly string[] = ["admitted", "waiting", "running", "paused"];

/** In which states a command can do something. The server decides; this foretells it in the dialog. */
const APPLIES: Record<CommandName, readonly string[]> = {
  admit: ["registered"],
  start: ["admitted", "waiting"],
  pause: ["running"],
  resume: ["paused"],
  add_time: ["registered", ...SITTING],
  message: SITTING,
  reset_pin: ["registered", ...SITTING],
  force_submit: ["running", "paused"],
  end: ["running", "paused"],
  void: ["registered", ...SITTING, "submitted", "closed"],
};

/** Commands that can't be taken back: a word must be typed. */
export function isDangerous(command: CommandName): boolean {
  return command === "force_submit" || command === "void" || command === "end";
}

/** Whom a command will change and whom it can't. */
export interface Plan {
  command: CommandName;
  affected: readonly Seat[];
  skipped: readonly Seat[];
}

/** What the command would do to these seats. */
export function planFor(command: CommandName, seats: readonly Seat[]): Plan {
  const fits = (seat: Seat) => APPLIES[command].includes(seat.state);
  return {
    command,
    affected: seats.filter(fits),
    skipped: seats.filter((seat) => !fits(seat)),
  };
}

/** A sentence of the catalogue: its key and parameters. */
export interface Wording {
  key: string;
  params: Record<string, string | number>;
}

/** What will happen to whom, in words: one candidate by name, several by number. */
export function wordingOf(plan: Plan, minutes: number): Wording {
  const first = plan.affected[0];
  if (first === undefined) return { key: "bulk_nobody", params: {} };
  if (plan.affected.length === 1) {
    return { key: `bulk_${plan.command}_one`, params: { name: first.name, number: first.number, minutes } };
  }
  return { key: `bulk_${plan.command}_many`, params: { count: plan.affected.length, minutes } };
}

/** Those the sentence is about: the first few names, and how many more. */
export function namesOf(seats: readonly Seat[], shown = 6): { names: string[]; more: number } {
  return {
    names: seats.slice(0, shown).map((seat) => seat.name),
    more: Math.max(0, seats.length - shown),
  };
}

/** Reasons to offer for each command: catalogue keys. */
export const REASONS: Record<CommandName, readonly string[]> = {
  admit: ["reason_identity_checked", "reason_late_allowed"],
  start: ["reason_on_time", "reason_all_ready"],
  pause: ["reason_machine", "reason_health", "reason_line", "reason_power"],
  resume: ["reason_machine_fixed", "reason_back"],
  add_time: ["reason_machine", "reason_line", "reason_power", "reason_special_needs"],
  message: ["reason_reminder", "reason_paper_note"],
  reset_pin: ["reason_pin_lost", "reason_move"],
  force_submit: ["reason_leaves", "reason_rule_broken", "reason_health"],
  end: ["reason_all_in", "reason_time_over", "reason_board_decision"],
  void: ["reason_rule_broken", "reason_wrong_person", "reason_board_decision"],
};

/** Whether the typed word confirms: case and spaces around it don't matter. */
export function confirms(typed: string, word: string): boolean {
  return typed.trim().normalize("NFC").toLowerCase() === word.normalize("NFC").toLowerCase();
}

export const MOST_MINUTES = 120;

/** The command as sent. `whole` addresses the shift and not the seats one by one. */
export function commandOf(
  plan: Plan,
  whole: boolean,
  entries: { reason: string; minutes: number; text: string },
): Command {
  return {
    command: plan.command,
    reason: entries.reason.trim(),
    sittings: whole ? null : plan.affected.map((seat) => seat.sitting),
    minutes: plan.command === "add_time" ? entries.minutes : null,
    text: plan.command === "message" ? entries.text.trim() : null,
  };
}

import type { ItemLine, ScoringRun, StaffSession } from "../../protocol/messages";

/** A member of the board. */
export function sessionOf(changes: Partial<StaffSession> = {}): StaffSession {
  return {
    id: 1,
    username: "board",
    name: "Nguyễn Thu Hương",
    role: "board",
    permissions: ["results.read", "scoring.run", "keys.correct", "sanctions.record"],
    ...changes,
  };
}

/** A computed run that waits for its signature. */
export function runOf(changes: Partial<ScoringRun> = {}): ScoringRun {
  return {
    id: 1,
    exam_id: 1,
    exam: "Kiểm tra giữa kỳ I",
    number: 1,
    state: "done",
    stage: "step_reading",
    progress: 1,
    model: "auto",
    void_rule: "full_points",
    link_to: null,
    link_exam: null,
    link_made: false,
    fitted_model: null,
    key_changes: 0,
    sanctions: 0,
    n: 412,
    requested_by: "Nguyễn Thu Hương",
    requested_at: "2026-11-22T01:00:00Z",
    finished_at: "2026-11-22T01:00:09Z",
    error: null,
    record_sha256: "ab".repeat(32),
    signed_by: null,
    signed_at: null,
    later_signed: null,
    may_sign: false,
    ...changes,
  };
}

/** A single-choice item of 412 candidates with nothing remarkable. */
export function itemLineOf(changes: Partial<ItemLine> = {}): ItemLine {
  return {
    item: 1,
    number: 1,
    part: "PHẦN I",
    kind: "single_choice",
    text: "",
    points: "0.25",
    void: false,
    n: 412,
    difficulty: 0.62,
    class_difficulty: null,
    share: 0.62,
    low: 0.57,
    high: 0.67,
    discrimination: 0.41,
    discrimination_low: 0.33,
    discrimination_high: 0.49,
    alpha_without: 0.81,
    omitted: 0.01,
    a: 1.1,
    b: -0.4,
    c: null,
    fit_p: 0.4,
    rmsea: 0.02,
    infit: 0.98,
    outfit: 0.96,
    dif: "A",
    flags: [],
    ...changes,
  };
}

/** Every call of the staff pages, once. All throw ApiError or NetworkError. */
import { getJson, sendFile, sendJson } from "../base/api";
import type {
  Alarms,
  Bank,
  Banks,
  Candidates,
  Command,
  CommandResult,
  ExamDetail,
  Exams,
  ImportReview,
  ItemAnalysis,
  ItemDetail,
  ItemRow,
  Items,
  KeyChange,
  KeyChanges,
  KeyPreview,
  Log,
  NewExam,
  NewKeyChange,
  NewRun,
  NewSanction,
  NewShift,
  RehearsalCode,
  Rehearsals,
  Results,
  RoomView,
  RosterReview,
  Runs,
  Sanction,
  Sanctions,
  Scores,
  ScoringRun,
  ShiftRow,
  Shifts,
  TestAnalysis,
  WindowView,
} from "../protocol/messages";
import { withSession } from "./session";

const get = <T>(url: string, signal?: AbortSignal) => withSession(getJson<T>(url, signal));
const post = <T>(url: string, body: unknown) => withSession(sendJson<T>("POST", url, body));
const upload = <T>(url: string, file: File, dryRun: boolean) =>
  withSession(
    sendFile<T>(`${url}?${new URLSearchParams({ name: file.name, dry_run: dryRun ? "1" : "0" })}`, file),
  );

export const listBanks = (signal: AbortSignal) => get<Banks>("/api/banks", signal);
export const createBank = (name: string) => post<Bank>("/api/banks", { name });
export const readItem = (item: number, signal: AbortSignal) => get<ItemDetail>(`/api/items/${item}`, signal);
export const importItems = (bank: number, file: File, dryRun: boolean) =>
  upload<ImportReview>(`/api/banks/${bank}/import`, file, dryRun);

export const listExams = (signal: AbortSignal) => get<Exams>("/api/exams", signal);
export const readExam = (exam: number, signal: AbortSignal) => get<ExamDetail>(`/api/exams/${exam}`, signal);
export const createExam = (exam: NewExam) => post<ExamDetail>("/api/exams", exam);
export const createShift = (exam: number, shift: NewShift) =>
  post<ShiftRow>(`/api/exams/${exam}/shifts`, shift);
export const readResults = (exam: number, signal: AbortSignal) =>
  get<Results>(`/api/exams/${exam}/results`, signal);

export const listRuns = (exam: number, signal: AbortSignal) => get<Runs>(`/api/exams/${exam}/runs`, signal);
export const startRun = (exam: number, run: NewRun) => post<ScoringRun>(`/api/exams/${exam}/runs`, run);
export const readRun = (run: number, signal: AbortSignal) => get<ScoringRun>(`/api/runs/${run}`, signal);
export const signRun = (run: number, record_sha256: string) =>
  post<ScoringRun>(`/api/runs/${run}/sign`, { record_sha256 });
export const cancelRun = (run: number) => post<ScoringRun>(`/api/runs/${run}/cancel`, undefined);
export const readAnalysis = (run: number, signal: AbortSignal) =>
  get<TestAnalysis>(`/api/runs/${run}/analysis`, signal);
export const readItemAnalysis = (run: number, item: number, signal: AbortSignal) =>
  get<ItemAnalysis>(`/api/runs/${run}/items/${item}`, signal);

export type ScoreSort = "name" | "number" | "score" | "theta";

/** One page of a run's scores. */
export function readScores(
  run: number,
  asked: { search: string; page: number; sort: ScoreSort },
  signal: AbortSignal,
): Promise<Scores> {
  const query = new URLSearchParams({ search: asked.search, page: String(asked.page), sort: asked.sort });
  return get<Scores>(`/api/runs/${run}/scores?${query}`, signal);
}

export const listKeyChanges = (exam: number, signal: AbortSignal) =>
  get<KeyChanges>(`/api/exams/${exam}/key-changes`, signal);
export const proposeKey = (exam: number, change: NewKeyChange) =>
  post<KeyChange>(`/api/exams/${exam}/key-changes`, change);
export const previewKey = (change: number, page: number, signal: AbortSignal) =>
  get<KeyPreview>(`/api/key-changes/${change}/preview?page=${page}`, signal);
export const decideKey = (change: number, act: "confirm" | "withdraw" | "rollback", reason: string) =>
  post<KeyChange>(`/api/key-changes/${change}/${act}`, { reason });

export const listSanctions = (exam: number, signal: AbortSignal) =>
  get<Sanctions>(`/api/exams/${exam}/sanctions`, signal);
export const addSanction = (exam: number, sanction: NewSanction) =>
  post<Sanction>(`/api/exams/${exam}/sanctions`, sanction);
export const revokeSanction = (sanction: number, reason: string) =>
  post<Sanction>(`/api/sanctions/${sanction}/revoke`, { reason });

export const listShifts = (signal: AbortSignal) => get<Shifts>("/api/shifts", signal);
export const listCandidates = (shift: number, signal: AbortSignal) =>
  get<Candidates>(`/api/shifts/${shift}/candidates`, signal);
export const importRoster = (shift: number, file: File, dryRun: boolean) =>
  upload<RosterReview>(`/api/shifts/${shift}/roster`, file, dryRun);
export const watchRoom = (shift: number, signal: AbortSignal) =>
  get<RoomView>(`/api/shifts/${shift}/room`, signal);
export const readLog = (shift: number, signal: AbortSignal) => get<Log>(`/api/shifts/${shift}/log`, signal);
export const command = (shift: number, body: Command) =>
  post<CommandResult>(`/api/shifts/${shift}/commands`, body);

export const readAlarms = (signal: AbortSignal) => get<Alarms>("/api/alarms", signal);
export const watchWindow = (since: number, shift: number | null, signal: AbortSignal) =>
  get<WindowView>(`/api/window?since=${since}${shift === null ? "" : `&shift=${shift}`}`, signal);

export const listRoomTests = (signal: AbortSignal) => get<Rehearsals>("/api/rehearsals", signal);
export const makeRoomTest = (room: string) => post<RehearsalCode>("/api/rehearsals", { room });

/** A run's files; the reports are pages to print. */
export type RunFile = "scores.csv" | "items.csv" | "run.json" | "candidates.html" | "school.html";
export const runFile = (run: number, file: RunFile) => `/api/runs/${run}/export/${file}`;

/** The gradebook's columns that a score may go into: regular assessments, mid-term, end of term. */
export const GRADEBOOK_COLUMNS = ["tx1", "tx2", "tx3", "tx4", "tx5", "gk", "ck"] as const;
export type GradebookColumn = (typeof GRADEBOOK_COLUMNS)[number];
export const gradebookFile = (run: number, column: GradebookColumn) =>
  `/api/runs/${run}/export/gradebook.xlsx?column=${column}`;
export const resultsFile = (exam: number) => `/api/exams/${exam}/results.csv`;
export const pictureUrl = (sha256: string) => `/api/assets/${sha256}`;

/** The most items a table holds; a larger bank is narrowed by searching. */
export const MOST_ITEMS = 2_000;

/** A bank's items that match, over all of the server's pages, up to MOST_ITEMS; `total` counts all that match. */
export async function listItems(bank: number, search: string, signal: AbortSignal): Promise<Items> {
  const items: ItemRow[] = [];
  for (let page = 1; ; page += 1) {
    const query = new URLSearchParams({ search, page: String(page) });
    const found = await get<Items>(`/api/banks/${bank}/items?${query}`, signal);
    items.push(...found.items);
    const complete = items.length >= Math.min(found.total, MOST_ITEMS);
    if (complete || found.items.length === 0) return { items, total: found.total };
  }
}

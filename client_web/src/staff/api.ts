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
  ItemDetail,
  ItemRow,
  Items,
  Log,
  NewExam,
  NewShift,
  RehearsalCode,
  Rehearsals,
  Results,
  RoomView,
  RosterReview,
  ShiftRow,
  Shifts,
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

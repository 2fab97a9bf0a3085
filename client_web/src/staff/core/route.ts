/** Where in the staff pages one is. Every page has its own address, so that a reload or a new login returns to it. */
export type Route =
  | { page: "home" }
  | { page: "banks" }
  | { page: "bank"; bank: number }
  | { page: "import"; bank: number }
  | { page: "exams" }
  | { page: "new_exam"; bank: number | null; source: string | null }
  | { page: "exam"; exam: number }
  | { page: "new_shift"; exam: number }
  | { page: "roster"; exam: number; shift: number }
  | { page: "rooms" }
  | { page: "room"; shift: number; tab: RoomTab }
  | { page: "all_results" }
  | { page: "results"; exam: number; tab: ResultsTab; run?: number }
  | { page: "item_result"; exam: number; item: number; run?: number }
  | { page: "runs"; exam: number }
  | { page: "run"; exam: number; run: number }
  | { page: "keys"; exam: number }
  | { page: "new_key"; exam: number; item: number | null }
  | { page: "key"; exam: number; change: number }
  | { page: "sanctions"; exam: number }
  | { page: "window" }
  | { page: "room_tests" }
  | { page: "missing" };

export type RoomTab = "map" | "log";
export type ResultsTab = "class" | "test" | "items";

const ROOT = "/staff";

/** The address of a route. */
export function pathOf(route: Route): string {
  switch (route.page) {
    case "home":
    case "missing":
      return ROOT;
    case "banks":
      return `${ROOT}/banks`;
    case "bank":
      return `${ROOT}/banks/${route.bank}`;
    case "import":
      return `${ROOT}/banks/${route.bank}/import`;
    case "exams":
      return `${ROOT}/exams`;
    case "new_exam":
      return `${ROOT}/exams/new${newExamQuery(route.bank, route.source)}`;
    case "exam":
      return `${ROOT}/exams/${route.exam}`;
    case "new_shift":
      return `${ROOT}/exams/${route.exam}/shifts/new`;
    case "roster":
      return `${ROOT}/exams/${route.exam}/shifts/${route.shift}/roster`;
    case "rooms":
      return `${ROOT}/rooms`;
    case "room":
      return `${ROOT}/rooms/${route.shift}${route.tab === "log" ? "/log" : ""}`;
    case "window":
      return `${ROOT}/window`;
    case "room_tests":
      return `${ROOT}/window/room-tests`;
    case "all_results":
      return `${ROOT}/results`;
    case "results":
      return `${ROOT}/results/${route.exam}${route.tab === "class" ? "" : `/${route.tab}`}${runQuery(route.run)}`;
    case "item_result":
      return `${ROOT}/results/${route.exam}/items/${route.item}${runQuery(route.run)}`;
    case "runs":
      return `${ROOT}/results/${route.exam}/runs`;
    case "run":
      return `${ROOT}/results/${route.exam}/runs/${route.run}`;
    case "keys":
      return `${ROOT}/results/${route.exam}/keys`;
    case "new_key":
      return `${ROOT}/results/${route.exam}/keys/new${route.item === null ? "" : `?item=${route.item}`}`;
    case "key":
      return `${ROOT}/results/${route.exam}/keys/${route.change}`;
    case "sanctions":
      return `${ROOT}/results/${route.exam}/sanctions`;
  }
}

function newExamQuery(bank: number | null, source: string | null): string {
  if (bank === null) return "";
  const query = new URLSearchParams({ bank: String(bank) });
  if (source !== null) query.set("source", source);
  return `?${query}`;
}

/** A run other than the one that counts is named in the address. */
function runQuery(run: number | undefined): string {
  return run === undefined ? "" : `?run=${run}`;
}

/** An id of the database as it stands in an address, else null. */
function idOf(text: string | null): number | null {
  return text !== null && /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : null;
}

function runOf(query: URLSearchParams): { run?: number } {
  const run = idOf(query.get("run"));
  return run === null ? {} : { run };
}

type Reader = (ids: number[], query: URLSearchParams) => Route;

/** Addresses by pattern; `#` stands for an id. */
const PATTERNS: Record<string, Reader> = {
  "": () => ({ page: "home" }),
  banks: () => ({ page: "banks" }),
  "banks/#": ([bank = 0]) => ({ page: "bank", bank }),
  "banks/#/import": ([bank = 0]) => ({ page: "import", bank }),
  exams: () => ({ page: "exams" }),
  "exams/new": (_, query) => ({
    page: "new_exam",
    bank: idOf(query.get("bank")),
    source: query.get("source"),
  }),
  "exams/#": ([exam = 0]) => ({ page: "exam", exam }),
  "exams/#/shifts/new": ([exam = 0]) => ({ page: "new_shift", exam }),
  "exams/#/shifts/#/roster": ([exam = 0, shift = 0]) => ({ page: "roster", exam, shift }),
  rooms: () => ({ page: "rooms" }),
  "rooms/#": ([shift = 0]) => ({ page: "room", shift, tab: "map" }),
  "rooms/#/log": ([shift = 0]) => ({ page: "room", shift, tab: "log" }),
  window: () => ({ page: "window" }),
  "window/room-tests": () => ({ page: "room_tests" }),
  results: () => ({ page: "all_results" }),
  "results/#": ([exam = 0]) => ({ page: "results", exam, tab: "class" }),
  "results/#/test": ([exam = 0], query) => ({ page: "results", exam, tab: "test", ...runOf(query) }),
  "results/#/items": ([exam = 0], query) => ({ page: "results", exam, tab: "items", ...runOf(query) }),
  "results/#/items/#": ([exam = 0, item = 0], query) => ({
    page: "item_result",
    exam,
    item,
    ...runOf(query),
  }),
  "results/#/runs": ([exam = 0]) => ({ page: "runs", exam }),
  "results/#/runs/#": ([exam = 0, run = 0]) => ({ page: "run", exam, run }),
  "results/#/keys": ([exam = 0]) => ({ page: "keys", exam }),
  "results/#/keys/new": ([exam = 0], query) => ({ page: "new_key", exam, item: idOf(query.get("item")) }),
  "results/#/keys/#": ([exam = 0, change = 0]) => ({ page: "key", exam, change }),
  "results/#/sanctions": ([exam = 0]) => ({ page: "sanctions", exam }),
};

/** The route of an address; `missing` for one that no page has. */
export function routeOf(path: string, search = ""): Route {
  const inside = path.startsWith(ROOT) ? path.slice(ROOT.length).replace(/^\/|\/$/g, "") : path;
  const steps = inside.replace(/\.html$/, "").split("/");
  const ids = steps.map(idOf).filter((id) => id !== null);
  const pattern = steps.map((step) => (idOf(step) === null ? step : "#")).join("/");
  return PATTERNS[pattern]?.(ids, new URLSearchParams(search)) ?? { page: "missing" };
}

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Held } from "../core/outbox";

const NAME = "khaothi";
const VERSION = 1;
const KEPT_DAYS = 7;
const DAY_MS = 24 * 3600 * 1000;
/** A disk that hangs must keep neither answers from the server nor the candidate from the paper. */
const WRITE_PATIENCE_MS = 3_000;
const READ_PATIENCE_MS = 8_000;

interface Row {
  held: Held;
  stored_ms: number;
}

interface SealedForm {
  bytes: Uint8Array<ArrayBuffer>;
  stored_ms: number;
}

interface Schema extends DBSchema {
  sittings: { key: number; value: Row };
  forms: { key: string; value: SealedForm };
}

/** What this PC keeps so that a lost line, a reload or a crash loses nothing: events and the sealed form. */
export interface Storage {
  /** Whether what is saved outlives this page. */
  readonly lasting: boolean;
  load(sitting: number): Promise<Held | undefined>;
  /** `strict` waits until it is on the disk itself, so that it survives a power cut; it is slower. */
  save(sitting: number, held: Held, strict: boolean): Promise<void>;
  loadForm(sha256: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  saveForm(sha256: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Forgets the sitting once its script is in; the room's PCs are shared. */
  clear(sitting: number, sha256: string | null): Promise<void>;
}

/**
 * Opens the store of this browser. Rejects where the browser has none, as some private modes do, and where the disk
 * does not answer; so does everything done with it.
 */
export async function openStorage(now_ms: number): Promise<Storage> {
  const opening = openDB<Schema>(NAME, VERSION, {
    upgrade(made) {
      made.createObjectStore("sittings");
      made.createObjectStore("forms");
    },
  });
  const database = await within(READ_PATIENCE_MS, opening);
  prune(database, now_ms - KEPT_DAYS * DAY_MS).catch((error: unknown) =>
    console.warn("what is old stays on this PC", error),
  );
  return {
    lasting: true,
    load: async (sitting) => (await within(READ_PATIENCE_MS, database.get("sittings", sitting)))?.held,
    save: (sitting, held, strict) => within(WRITE_PATIENCE_MS, put(database, sitting, held, strict)),
    loadForm: async (sha256) => (await within(READ_PATIENCE_MS, database.get("forms", sha256)))?.bytes,
    saveForm: async (sha256, bytes) => {
      await within(WRITE_PATIENCE_MS, database.put("forms", { bytes, stored_ms: Date.now() }, sha256));
    },
    clear: async (sitting, sha256) => {
      await database.delete("sittings", sitting);
      if (sha256 !== null) await database.delete("forms", sha256);
    },
  };
}

async function put(
  database: IDBPDatabase<Schema>,
  sitting: number,
  held: Held,
  strict: boolean,
): Promise<void> {
  const durability = strict ? "strict" : "relaxed";
  const change = database.transaction("sittings", "readwrite", { durability });
  await Promise.all([change.store.put({ held, stored_ms: Date.now() }, sitting), change.done]);
}

/** Rejects when the work takes longer; the work itself goes on. */
function within<T>(patience_ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the disk does not answer")), patience_ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function prune(database: IDBPDatabase<Schema>, before_ms: number): Promise<void> {
  const change = database.transaction(["sittings", "forms"], "readwrite");
  for (const name of ["sittings", "forms"] as const) {
    for (let row = await change.objectStore(name).openCursor(); row !== null; row = await row.continue()) {
      if (row.value.stored_ms < before_ms) await row.delete();
    }
  }
  await change.done;
}

/** Keeps nothing past this page, but through a new login: for a browser without a store. The page says so. */
export function memoryStorage(): Storage {
  const sittings = new Map<number, Held>();
  const forms = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    lasting: false,
    load: async (sitting) => sittings.get(sitting),
    save: async (sitting, held) => {
      sittings.set(sitting, held);
    },
    loadForm: async (sha256) => forms.get(sha256),
    saveForm: async (sha256, bytes) => {
      forms.set(sha256, bytes);
    },
    clear: async (sitting, sha256) => {
      sittings.delete(sitting);
      if (sha256 !== null) forms.delete(sha256);
    },
  };
}

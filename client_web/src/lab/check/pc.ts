import { openDB } from "idb";
import { buildMath } from "../../base/mathml";

const STORE = "khaothi-check";
const PATIENCE_MS = 5_000;
const FRACTION =
  '<math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mi>a</mi><mi>b</mi></mfrac></math>';

/** What this browser's store did. */
export interface Kept {
  works: boolean;
  /** When this page was last opened here, kept until now; null when it was not, or it was not kept. */
  before_ms: number | null;
  /** Bytes that it may hold; null where the browser does not tell. */
  quota: number | null;
}

export interface Browser {
  name: string;
  /** Major version; 0 when unknown. */
  version: number;
}

const BROWSERS: readonly (readonly [string, RegExp])[] = [
  ["Edge", /Edg\/(\d+)/],
  ["Opera", /OPR\/(\d+)/],
  ["Firefox", /Firefox\/(\d+)/],
  ["Chrome", /Chrom(?:e|ium)\/(\d+)/],
  ["Safari", /Version\/(\d+).* Safari/],
];

/** Name and major version out of what the browser says of itself. */
export function browserOf(agent: string): Browser {
  for (const [name, pattern] of BROWSERS) {
    const match = pattern.exec(agent);
    if (match !== null) return { name, version: Number(match[1]) };
  }
  return { name: "?", version: 0 };
}

/** Writes, reads back, and looks for what an earlier visit wrote. */
export async function tryStore(now_ms: number): Promise<Kept> {
  const quota = await navigator.storage?.estimate?.().then(
    (estimate) => estimate.quota ?? null,
    () => null,
  );
  try {
    return { ...(await within(writeAndRead(now_ms))), quota: quota ?? null };
  } catch {
    return { works: false, before_ms: null, quota: quota ?? null };
  }
}

async function writeAndRead(now_ms: number): Promise<Omit<Kept, "quota">> {
  const database = await openDB(STORE, 1, { upgrade: (made) => void made.createObjectStore("visits") });
  try {
    const before = (await database.get("visits", "last")) as number | undefined;
    await database.put("visits", now_ms, "last");
    const works = (await database.get("visits", "last")) === now_ms;
    return { works, before_ms: before ?? null };
  } finally {
    database.close();
  }
}

function within<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the disk does not answer")), PATIENCE_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Whether a fraction stands one over the other. */
export function drawsMath(): boolean {
  const fraction = buildMath(FRACTION);
  if (fraction === null || !("MathMLElement" in window)) return false;
  const place = document.createElement("span");
  place.append("x", fraction);
  place.style.setProperty("position", "absolute");
  document.body.append(place);
  const [over, under] = [...fraction.querySelectorAll("mi")].map((one) => one.getBoundingClientRect());
  place.remove();
  return over !== undefined && under !== undefined && under.top >= over.top + over.height / 2;
}

/** Whether the fonts that the server ships arrive: text with Vietnamese, and formulas. */
export async function loadsFonts(): Promise<boolean> {
  try {
    const loaded = await Promise.all([
      document.fonts.load('16px "Be Vietnam Pro"', "Khảo Thí"),
      document.fonts.load('16px "STIX Two Math"', "√"),
    ]);
    return loaded.every((faces) => faces.length > 0);
  } catch {
    return false;
  }
}

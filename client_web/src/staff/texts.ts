import staffEn from "../../../exam_server/catalogue/en/staff.json";
import warningsEn from "../../../exam_server/catalogue/en/warnings.json";
import staffVi from "../../../exam_server/catalogue/vi/staff.json";
import warningsVi from "../../../exam_server/catalogue/vi/warnings.json";
import { type Params, section } from "../base/catalogue";

export type StaffText = keyof typeof staffVi;

/** Texts of the staff pages. */
export const t = section<StaffText>(staffVi, staffEn);

const warningTexts = section<keyof typeof warningsVi>(warningsVi, warningsEn);

/** Whether the staff section has this key: for keys that carry a code of the server's. */
export function isStaffText(key: string): key is StaffText {
  return Object.hasOwn(staffVi, key);
}

/** A text whose key is put together from a code; the code itself where the catalogue doesn't know it. */
export function coded(prefix: string, code: string, params?: Params): string {
  const key = `${prefix}_${code}`;
  return isStaffText(key) ? t(key, params) : code;
}

/** What an importer's warning means and what to do about it. */
export function warningText(code: string): string {
  return Object.hasOwn(warningsVi, code) ? warningTexts(code as keyof typeof warningsVi) : code;
}

/** A count with its noun: `<key>_one` for one, else `<key>_many`. */
export function counted(key: Countable, count: number): string {
  return t(count === 1 ? `${key}_one` : `${key}_many`, { count });
}

type Countable = StaffText extends infer Key ? (Key extends `${infer Stem}_one` ? Stem : never) : never;

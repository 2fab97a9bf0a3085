import labEn from "../../../exam_server/catalogue/en/lab.json";
import labVi from "../../../exam_server/catalogue/vi/lab.json";
import { section } from "../base/catalogue";

export type LabText = keyof typeof labVi;

/** Texts of the pages that a technician opens on a lab PC. */
export const t = section<LabText>(labVi, labEn);

/** Whether the catalogue has a key that was put together. */
export function isLabText(key: string): key is LabText {
  return key in labVi;
}

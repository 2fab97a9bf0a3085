import measurementEn from "../../../../exam_server/catalogue/en/measurement.json";
import measurementVi from "../../../../exam_server/catalogue/vi/measurement.json";
import { section } from "../../base/catalogue";

const texts = section<keyof typeof measurementVi>(measurementVi, measurementEn);

/** What a run is doing, in words; the stage's own name where the catalogue doesn't know it. */
export function stageText(stage: string): string {
  return Object.hasOwn(measurementVi, stage) ? texts(stage as keyof typeof measurementVi) : stage;
}

import errorsEn from "../../../exam_server/catalogue/en/errors.json";
import studentEn from "../../../exam_server/catalogue/en/student.json";
import errorsVi from "../../../exam_server/catalogue/vi/errors.json";
import studentVi from "../../../exam_server/catalogue/vi/student.json";
import { section } from "./catalogue";

export type StudentText = keyof typeof studentVi;
export type ErrorText = keyof typeof errorsVi;

/** Texts of the student's page and of what it shares with the staff pages: items, pictures, dialogs. */
export const t = section<StudentText>(studentVi, studentEn);

/** Sentences for error codes. */
export const errorText = section<ErrorText>(errorsVi, errorsEn);

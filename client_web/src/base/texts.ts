import {
  close_try_again as busyEn,
  close_origin as originEn,
} from "../../../exam_server/catalogue/en/errors.json";
import studentEn from "../../../exam_server/catalogue/en/student.json";
import {
  close_try_again as busyVi,
  close_origin as originVi,
} from "../../../exam_server/catalogue/vi/errors.json";
import studentVi from "../../../exam_server/catalogue/vi/student.json";
import { section } from "./catalogue";

export type StudentText = keyof typeof studentVi;

/** Texts of the student's page and of what it shares with the staff pages: items, pictures, dialogs. */
export const t = section<StudentText>(studentVi, studentEn);

/** Why the server ended the socket, where a page says it. By name: the other errors' sentences come from the server. */
export const closeText = section(
  { close_origin: originVi, close_try_again: busyVi },
  { close_origin: originEn, close_try_again: busyEn },
);

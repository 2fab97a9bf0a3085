import type { Key } from "../../items/kind";
import { t } from "../texts";

const LETTERS = "abcdefgh";

/** A key in words; without one the item does not count. */
export function keyText(key: Key | null): string {
  if (key === null) return t("key_void");
  if (key.kind === "single_choice") return key.option;
  if (key.kind === "short_answer") return key.accept.join(" · ");
  return key.values
    .map((value, place) => `${LETTERS[place]}) ${t(value ? "count_true" : "count_false")}`)
    .join(", ");
}

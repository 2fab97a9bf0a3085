import { t } from "../texts";

/** A tallied response in words: "" was left empty, "…" are the rarer ones, "a:true" is a statement judged true. */
export function responseName(label: string): string {
  if (label === "") return t("count_empty");
  if (label === "…") return t("count_others");
  const [statement, value] = label.split(":");
  if (value === "true") return `${statement}) ${t("count_true")}`;
  return value === "false" ? `${statement}) ${t("count_false")}` : label;
}

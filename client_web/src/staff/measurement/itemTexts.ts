import type { ItemLine } from "../../protocol/messages";
import type { ItemColumn } from "../core/item_columns";
import type { Column } from "../DataTable";
import { partText } from "../parts";
import { coded, isStaffText, t } from "../texts";
import { numberText, probabilityText, shareText } from "./numbers";

const WIDTHS: Partial<Record<ItemColumn, string>> = {
  difficulty: "w-visual",
  share: "w-visual",
  discrimination: "w-visual",
  flags: "w-remarks",
};

/** A column's head. */
export function headOf(column: ItemColumn): Column<ItemColumn> {
  const wide = WIDTHS[column];
  return {
    name: column,
    label: t(`item_column_${column}`),
    sorts: true,
    number: wide === undefined && column !== "dif",
    class: wide ?? "w-figure",
  };
}

/** A figure of an item as text; what has a drawing gets it in the row. */
export function figureText(column: ItemColumn, line: ItemLine): string {
  switch (column) {
    case "place":
      return `${partText(line.part)} · ${line.number}`;
    case "difficulty":
    case "class_difficulty":
    case "share":
    case "omitted":
      return shareText(line[column]);
    case "fit_p":
      return probabilityText(line.fit_p);
    case "rmsea":
    case "alpha_without":
      return numberText(line[column], 3);
    case "dif":
      return line.dif === null ? "–" : t(`dif_${line.dif}`);
    case "flags":
      return line.flags.map((flag) => flag.message).join("; ");
    default:
      return numberText(line[column]);
  }
}

/** A remark's short name: the catalogue's, else the first item's own sentence. */
export function flagName(code: string, lines: readonly ItemLine[]): string {
  if (isStaffText(`remark_${code}`)) return coded("remark", code);
  return lines.flatMap((line) => line.flags).find((flag) => flag.code === code)?.message ?? code;
}

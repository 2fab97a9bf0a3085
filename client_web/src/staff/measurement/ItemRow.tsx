import type { ItemLine } from "../../protocol/messages";
import type { ItemColumn } from "../core/item_columns";
import { readable } from "../core/readable";
import type { Route } from "../core/route";
import { shortPlace } from "../parts";
import { DiscriminationInterval, ShareInterval } from "../plots/ShareInterval";
import { Link } from "../router";
import { coded, t } from "../texts";
import { figureText } from "./itemTexts";
import { Flags } from "./Notes";

interface ItemRowProps {
  line: ItemLine;
  columns: readonly ItemColumn[];
  to: Route;
}

/** An item's row: which one, how it begins, its figures. */
export function ItemRow({ line, columns, to }: ItemRowProps) {
  return (
    <tr class={line.void ? "item-void" : ""}>
      <td>
        <Link to={to} class="row-link">
          {shortPlace(line)}
          <span class="visually-hidden">{` ${readable(line.text)}`}</span>
        </Link>
        {line.void && <span class="tag">{t("item_void")}</span>}
        <span class="stem-line stem-small" aria-hidden="true">
          {readable(line.text) || coded("kind", line.kind)}
        </span>
      </td>
      {columns.map((column) => (
        <Cell key={column} column={column} line={line} />
      ))}
    </tr>
  );
}

function Cell({ column, line }: { column: ItemColumn; line: ItemLine }) {
  const text = figureText(column, line);
  switch (column) {
    case "difficulty":
      return (
        <td class="visual">
          <span class="visual-figure">{text}</span>
          <ShareBar share={line.difficulty} />
        </td>
      );
    case "share":
      return (
        <td class="visual">
          <span class="visual-figure">{text}</span>
          <ShareInterval item={line} />
        </td>
      );
    case "discrimination":
      return (
        <td class="visual">
          <span class="visual-figure">{text}</span>
          <DiscriminationInterval line={line} />
        </td>
      );
    case "flags":
      return (
        <td>
          <Flags flags={line.flags} />
        </td>
      );
    case "dif":
      return <td class={line.dif === "C" ? "strong" : ""}>{text}</td>;
    default:
      return <td class="number">{text}</td>;
  }
}

/** How much of its points an item gave, as a filled rail. The figure stands beside it. */
function ShareBar({ share }: { share: number | null }) {
  if (share === null) return null;
  return (
    <svg class="share-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="bar-ground" width={100} height={8} />
      <rect class="bar-fill" width={100 * share} height={8} />
    </svg>
  );
}

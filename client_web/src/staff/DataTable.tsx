import type { ComponentChildren } from "preact";
import { Icon } from "../base/Icon";
import type { Order } from "./core/order";

/** A column: its head, and how it stands. */
export interface Column<Name extends string> {
  name: Name;
  label: string;
  /** Numbers stand at the right. */
  number?: boolean;
  /** Whether a click on the head orders by it. */
  sorts?: boolean;
  /** A class for its width. */
  class?: string;
}

interface DataTableProps<Name extends string> {
  caption: string;
  columns: readonly Column<Name>[];
  order?: Order<Name>;
  onOrder?: (column: Name) => void;
  children: ComponentChildren;
}

/** A table with a head that stays in view; a head that can order says so to everybody. */
export function DataTable<Name extends string>({
  caption,
  columns,
  order,
  onOrder,
  children,
}: DataTableProps<Name>) {
  return (
    <div class="table-frame-wide">
      <table class="data">
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.name} column={column} order={order} onOrder={onOrder} />
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

interface HeadProps<Name extends string> {
  column: Column<Name>;
  order: Order<Name> | undefined;
  onOrder: ((column: Name) => void) | undefined;
}

function Head<Name extends string>({ column, order, onOrder }: HeadProps<Name>) {
  const classes = [column.number ? "number" : "", column.class ?? ""].filter(Boolean).join(" ");
  if (!column.sorts || onOrder === undefined) {
    return (
      <th scope="col" class={classes}>
        {column.label}
      </th>
    );
  }
  const mine = order?.column === column.name;
  const direction = mine ? (order.descending ? "descending" : "ascending") : "none";
  return (
    <th scope="col" class={classes} aria-sort={direction}>
      <button type="button" class="sorter" onClick={() => onOrder(column.name)}>
        {column.label}
        {mine && <Icon name={order.descending ? "down" : "up"} />}
      </button>
    </th>
  );
}

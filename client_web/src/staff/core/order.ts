/** By which column a table is ordered. */
export interface Order<Column extends string> {
  column: Column;
  descending: boolean;
}

/** How two rows compare in one column; null stands for a value that is not there. */
export type Value = string | number | null;

/** The order after a click on a column's head: the same column turns round, another starts ascending. */
export function turned<Column extends string>(order: Order<Column>, column: Column): Order<Column> {
  return { column, descending: order.column === column && !order.descending };
}

/** A copy of the rows in order. Missing values stay last in both directions; equal rows keep their places. */
export function ordered<Row>(
  rows: readonly Row[],
  value: (row: Row) => Value,
  descending: boolean,
  compare: (a: Row, b: Row) => number,
): Row[] {
  const present = rows.filter((row) => value(row) !== null);
  const missing = rows.filter((row) => value(row) === null);
  present.sort((a, b) => (descending ? -compare(a, b) : compare(a, b)));
  return [...present, ...missing];
}

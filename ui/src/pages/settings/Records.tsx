import type { ReactNode } from "react";
import classes from "./Records.module.css";

export interface Column<Row> {
  head: string;
  cell: (row: Row) => ReactNode;
  /** The head is only heard: what stands there explains itself, as buttons do. */
  quiet?: boolean;
}

/** Rows in columns; where the page is narrow each row becomes a card that names its fields. */
export function Records<Row>({
  label,
  columns,
  rows,
  id,
}: {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  id: (row: Row) => string;
}) {
  // Roles are written out: cards are no table to the browser any more, and would not be to those who hear them.
  return (
    <table role="table" className={classes.table} aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ head, quiet }) => (
            <th role="columnheader" scope="col" key={head}>
              {quiet ? <span className="rl-only-heard">{head}</span> : head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr role="row" key={id(row)}>
            {columns.map(({ head, cell, quiet }) => (
              <td role="cell" key={head} data-head={quiet ? undefined : head}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

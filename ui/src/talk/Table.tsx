import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Table.module.css";

/** A column. *wide* has a line of its own on a phone, *desk* is not shown there. */
export interface Column<Row> {
  label: string;
  show: (row: Row) => ReactNode;
  number?: boolean;
  wide?: boolean;
  desk?: boolean;
  once?: boolean;
}

/** Rows under each other; on a phone each becomes a card. */
export function Table<Row>({
  label,
  columns,
  rows,
  keyOf,
  more,
}: {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string;
  more?: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}) {
  // Roles are written out: cards are no table to the browser any more, and would not be to those who hear them.
  return (
    <div className={classes.frame}>
      <table role="table" className={classes.table} aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th
                role="columnheader"
                key={column.label}
                scope="col"
                className={column.number ? classes.number : undefined}
                data-desk={column.desk || undefined}
              >
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row" key={keyOf(row)}>
              {columns.map((column) => (
                <td
                  role="cell"
                  key={column.label}
                  className={column.number ? classes.number : column.once ? classes.once : undefined}
                  data-wide={column.wide || undefined}
                  data-desk={column.desk || undefined}
                >
                  {column.show(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more?.hasNextPage && (
        <div className={classes.foot}>
          <Button variant="default" loading={more.isFetchingNextPage} onClick={() => void more.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </div>
  );
}

export const rowLink = classes.whole;
export const rowText = classes.text;
export const aboveRow = classes.above;

import type { ReactNode } from "react";
import { ErrorNotice } from "../components/ErrorNotice";
import { Loading } from "../components/Loading";
import type { useList } from "./list";
import classes from "./Table.module.css";
import { type Column, Table } from "./Table";

/** A list that is asked for a page at a time: while it comes, where it fails, where there is nothing, and its rows. */
export function Listing<Row>({
  label,
  list,
  columns,
  keyOf,
  empty,
}: {
  label: string;
  list: ReturnType<typeof useList<Row>>;
  columns: Column<Row>[];
  keyOf: (row: Row) => string;
  /** What stands there instead of no rows. */
  empty: ReactNode;
}) {
  if (list.isPending) return <Loading what={`Loading ${label.toLowerCase()}`} />;
  if (list.error && !list.items.length) return <ErrorNotice error={list.error} retry={() => void list.refetch()} />;
  if (list.items.length === 0 && !list.hasNextPage) return <div className={classes.frame}>{empty}</div>;
  return <Table label={label} columns={columns} rows={list.items} keyOf={keyOf} more={list} />;
}

import { Link } from "@tanstack/react-router";
import { Moment } from "../../components/Moment";
import { StatusPill } from "../../components/StatusPill";
import { runState, stateOf, type WorkflowRow } from "./rows";
import { WorkflowMenu } from "./WorkflowMenu";
import classes from "./WorkflowList.module.css";

interface WorkflowListProps {
  rows: WorkflowRow[];
  taken: string[];
  editable: boolean;
}

/** The workflows as a table; on a narrow screen each row is a card. */
export function WorkflowList({ rows, taken, editable }: WorkflowListProps) {
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">Workflow</th>
          <th scope="col">Starts by</th>
          <th scope="col">State</th>
          <th scope="col">Last run</th>
          <th scope="col">Changed</th>
          <th scope="col">
            <span className={classes.hidden}>Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.name} row={row} taken={taken} editable={editable} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row, taken, editable }: { row: WorkflowRow; taken: string[]; editable: boolean }) {
  const state = stateOf(row);
  return (
    <tr>
      <th scope="row" className={classes.name}>
        <Link to="/workflows/$name" params={{ name: row.name }}>
          {row.name}
        </Link>
        <span className={classes.about}>{row.description ?? stepsOf(row)}</span>
      </th>
      <td data-head="Starts by">
        {row.starts.length === 0 ? <span className={classes.quiet}>The API or a person</span> : <Starts of={row.starts} />}
      </td>
      <td data-head="State">
        <StatusPill tone={state.tone}>{state.word}</StatusPill>
        {state.more && <span className={classes.more}>{state.more}</span>}
      </td>
      <td data-head="Last run">
        {row.last_run ? <LastRun run={row.last_run} /> : <span className={classes.quiet}>None yet</span>}
      </td>
      <td data-head="Changed">
        <Moment at={row.changed_at} />
        {row.changed_by && <span className={classes.more}>by {row.changed_by}</span>}
      </td>
      <td className={classes.menu}>
        <WorkflowMenu row={row} taken={taken} editable={editable} />
      </td>
    </tr>
  );
}

function Starts({ of }: { of: string[] }) {
  return (
    <>
      {of.slice(0, 2).map((start) => (
        <span key={start} className={classes.start}>
          {start}
        </span>
      ))}
      {of.length > 2 && <span className={classes.more}>and {of.length - 2} more</span>}
    </>
  );
}

function LastRun({ run }: { run: NonNullable<WorkflowRow["last_run"]> }) {
  const state = runState(run);
  return (
    <Link to="/runs/$id" params={{ id: run.id }} className={classes.run}>
      <StatusPill tone={state.tone}>{state.word}</StatusPill>
      <span className={classes.more}>
        <Moment at={run.created_at} />
      </span>
    </Link>
  );
}

function stepsOf(row: WorkflowRow): string {
  if (row.steps === 0) return "No steps yet";
  const kinds = row.services.slice(0, 3).join(", ");
  const count = row.steps === 1 ? "1 step" : `${row.steps} steps`;
  return `${count}: ${kinds}${row.services.length > 3 ? " …" : ""}`;
}

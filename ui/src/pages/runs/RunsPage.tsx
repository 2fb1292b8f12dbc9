import { Select } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { PageHeader } from "../../components/PageHeader";
import { StatusPill } from "../../components/StatusPill";
import { useEnough } from "../../talk/enough";
import { FlowFilter, kept, sinceOf, TimeFilter } from "../../talk/filters";
import { useList } from "../../talk/list";
import classes from "../../talk/Page.module.css";
import { SearchBox } from "../../talk/SearchBox";
import { type Column, rowLink, rowText, Table } from "../../talk/Table";
import type { Run } from "./shapes";
import { gist, isTrial, ownerOf, runState, startedBy, STATUSES, took, TRIGGERS } from "./words";

interface Chosen {
  search?: string;
  status?: string;
  failures?: string;
  workflow?: string;
  trigger?: string;
  time?: string;
}

/** Every run, with how it stands; found by what people remember of it. */
export function RunsPage() {
  const chosen: Chosen = useSearch({ strict: false });
  const navigate = useNavigate();
  const choose = useCallback(
    (change: Partial<Chosen>) =>
      void navigate({
        to: "/runs",
        search: (before: Record<string, unknown>) => kept({ ...before, ...change }),
        replace: true,
      }),
    [navigate],
  );
  const onSearch = useCallback((search: string) => choose({ search: search || undefined }), [choose]);
  const list = useList<Run>("runs", "/api/v1/runs", {
    search: chosen.search,
    status: chosen.status,
    has_failures: chosen.failures === "yes" ? "true" : chosen.failures === "no" ? "false" : undefined,
    workflow: chosen.workflow,
    trigger: chosen.trigger,
    since: sinceOf(chosen.time),
  });
  useEnough(list);
  const isChosen = Object.values(chosen).some(Boolean);
  return (
    <div className={classes.page}>
      <PageHeader title="Runs" about="What your workflows did and are doing, the newest first." />
      <div className={classes.body}>
        <div className={classes.filters} role="search">
          <SearchBox
            label="Search runs"
            placeholder="Workflow, number, name, words or id"
            initial={chosen.search}
            onSearch={onSearch}
          />
          <FlowFilter value={chosen.workflow} onChange={(workflow) => choose({ workflow })} />
          <Select
            aria-label="Status"
            placeholder="Any status"
            clearable
            data={STATUSES}
            value={chosen.status ?? null}
            onChange={(status) => choose({ status: status ?? undefined })}
          />
          <Select
            aria-label="Failures"
            placeholder="Failures"
            clearable
            data={[
              { value: "yes", label: "With failures" },
              { value: "no", label: "Without failures" },
            ]}
            value={chosen.failures ?? null}
            onChange={(failures) => choose({ failures: failures ?? undefined })}
          />
          <Select
            aria-label="Started by"
            placeholder="Any start"
            clearable
            data={TRIGGERS}
            value={chosen.trigger ?? null}
            onChange={(trigger) => choose({ trigger: trigger ?? undefined })}
          />
          <TimeFilter value={chosen.time} onChange={(time) => choose({ time })} />
        </div>
        {list.isPending ? (
          <Loading what="Loading runs" />
        ) : list.error && !list.items.length ? (
          <ErrorNotice error={list.error} retry={() => void list.refetch()} />
        ) : list.items.length === 0 && !list.hasNextPage ? (
          isChosen ? (
            <EmptyState title="No run is like that">Take a filter away, or search for less.</EmptyState>
          ) : (
            <EmptyState title="No runs yet">
              A run begins when you press Run in a workflow, when one of its triggers fires, or when a program asks for
              it through the API.
            </EmptyState>
          )
        ) : (
          <Table label="Runs" columns={COLUMNS} rows={list.items} keyOf={(run) => run.id} more={list} />
        )}
      </div>
    </div>
  );
}

const COLUMNS: Column<Run>[] = [
  {
    label: "Workflow",
    show: (run) => (
      <div className={classes.flowName}>
        <Link to="/runs/$id" params={{ id: run.id }} className={rowLink}>
          {ownerOf(run)}
        </Link>
        {isTrial(run) && <span className={classes.trial}>Draft</span>}
      </div>
    ),
  },
  {
    label: "Status",
    once: true,
    show: (run) => {
      const { tone, word } = runState(run);
      return <StatusPill tone={tone}>{word}</StatusPill>;
    },
  },
  { label: "Inputs", wide: true, show: (run) => <div className={rowText}>{gist(run.inputs)}</div> },
  { label: "Started by", desk: true, once: true, show: (run) => startedBy(run) },
  { label: "Started", once: true, show: (run) => <Moment at={run.created_at} /> },
  {
    label: "Took",
    number: true,
    desk: true,
    show: (run) => (run.due_at && !run.finished_at ? <>until <Moment at={run.due_at} /></> : took(run)),
  },
];

import { Select } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { PhoneIncoming, PhoneOutgoing } from "lucide-react";
import { useCallback } from "react";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { PageHeader } from "../../components/PageHeader";
import { StatusPill } from "../../components/StatusPill";
import { FlowFilter, kept, sinceOf, TimeFilter } from "../../talk/filters";
import { useList } from "../../talk/list";
import classes from "../../talk/Page.module.css";
import { SearchBox } from "../../talk/SearchBox";
import type { Call } from "../../talk/shapes";
import { aboveRow, type Column, rowLink, rowText, Table } from "../../talk/Table";
import { callState, costOf, lasting, phone } from "../../talk/words";

interface Chosen {
  search?: string;
  status?: string;
  direction?: string;
  workflow?: string;
  time?: string;
}

/** Calls placed and received. */
export function CallsPage() {
  const chosen: Chosen = useSearch({ strict: false });
  const navigate = useNavigate();
  const choose = useCallback(
    (change: Partial<Chosen>) =>
      void navigate({
        to: "/calls",
        search: (before: Record<string, unknown>) => kept({ ...before, ...change }),
        replace: true,
      }),
    [navigate],
  );
  const onSearch = useCallback((search: string) => choose({ search: search || undefined }), [choose]);
  const list = useList<Call>("calls", "/api/v1/calls", {
    search: chosen.search,
    status: chosen.status,
    direction: chosen.direction,
    workflow: chosen.workflow,
    since: sinceOf(chosen.time),
  });
  return (
    <div className={classes.page}>
      <PageHeader title="Calls" about="Announcements, interviews and calls to your numbers, the newest first." />
      <div className={classes.body}>
        <div className={classes.filters} role="search">
          <SearchBox
            label="Search calls"
            placeholder="Number, name, words or id"
            initial={chosen.search}
            onSearch={onSearch}
          />
          <Select
            aria-label="State"
            placeholder="Any state"
            clearable
            data={[
              { value: "in-progress", label: "In progress" },
              { value: "ringing", label: "Ringing" },
              { value: "completed", label: "Completed" },
              { value: "no-answer", label: "No answer" },
              { value: "busy", label: "Busy" },
              { value: "failed", label: "Failed" },
              { value: "canceled", label: "Canceled" },
            ]}
            value={chosen.status ?? null}
            onChange={(status) => choose({ status: status ?? undefined })}
          />
          <Select
            aria-label="Direction"
            placeholder="Both ways"
            clearable
            data={[
              { value: "outbound", label: "We called" },
              { value: "inbound", label: "They called" },
            ]}
            value={chosen.direction ?? null}
            onChange={(direction) => choose({ direction: direction ?? undefined })}
          />
          <FlowFilter value={chosen.workflow} onChange={(workflow) => choose({ workflow })} />
          <TimeFilter value={chosen.time} onChange={(time) => choose({ time })} />
        </div>
        {list.isPending ? (
          <Loading what="Loading calls" />
        ) : list.error && !list.items.length ? (
          <ErrorNotice error={list.error} retry={() => void list.refetch()} />
        ) : list.items.length === 0 ? (
          Object.values(chosen).some(Boolean) ? (
            <EmptyState title="No call is like that">Take a filter away, or search for less.</EmptyState>
          ) : (
            <EmptyState title="No calls yet">
              A workflow places them with Twilio Voice and Voice Agent steps; calls to your numbers stand here as well.
            </EmptyState>
          )
        ) : (
          <Table label="Calls" columns={COLUMNS} rows={list.items} keyOf={(one) => one.id} more={list} />
        )}
      </div>
    </div>
  );
}

const COLUMNS: Column<Call>[] = [
  {
    label: "Person",
    once: true,
    show: (one) => (
      <Link to="/calls/$id" params={{ id: one.id }} className={rowLink}>
        {one.direction === "inbound" ? (
          <PhoneIncoming size={15} aria-label="They called" style={{ verticalAlign: -2, marginRight: 7 }} />
        ) : (
          <PhoneOutgoing size={15} aria-label="We called" style={{ verticalAlign: -2, marginRight: 7 }} />
        )}
        {phone(one.direction === "inbound" ? one.from : one.to)}
      </Link>
    ),
  },
  {
    label: "Outcome",
    once: true,
    show: (one) => {
      const { tone, word } = callState(one);
      return <StatusPill tone={tone}>{word}</StatusPill>;
    },
  },
  {
    label: "What",
    wide: true,
    show: (one) => (
      <div className={rowText}>{one.message ?? (one.kind === "session" ? "Interview" : "Announcement")}</div>
    ),
  },
  { label: "Lasted", number: true, desk: true, show: (one) => (one.duration ? lasting(one.duration) : "–") },
  {
    label: "From",
    desk: true,
    once: true,
    show: (one) =>
      one.run ? (
        <Link to="/runs/$id" params={{ id: one.run }} className={aboveRow}>
          Run
        </Link>
      ) : (
        phone(one.direction === "inbound" ? one.to : one.from)
      ),
  },
  { label: "Cost", number: true, desk: true, show: (one) => costOf(one.price, one.price_unit) },
  { label: "When", number: true, show: (one) => <Moment at={one.created_at} /> },
];

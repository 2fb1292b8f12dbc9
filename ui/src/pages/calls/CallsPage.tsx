import { Link } from "@tanstack/react-router";
import { PhoneIncoming, PhoneOutgoing } from "lucide-react";
import { useMay } from "../../app/me";
import { EmptyState } from "../../components/EmptyState";
import { Moment } from "../../components/Moment";
import { PageHeader } from "../../components/PageHeader";
import { StatusPill } from "../../components/StatusPill";
import { useChosen } from "../../talk/chosen";
import { useEnough } from "../../talk/enough";
import { FlowFilter, sinceOf, TimeFilter } from "../../talk/filters";
import { useList } from "../../talk/list";
import { Listing } from "../../talk/Listing";
import { OneOf } from "../../talk/OneOf";
import classes from "../../talk/Page.module.css";
import { SearchBox } from "../../talk/SearchBox";
import type { Call } from "../../talk/shapes";
import { aboveRow, type Column, rowLink, rowText } from "../../talk/Table";
import { Who } from "../../talk/Who";
import { callState, costOf, lasting, phone } from "../../talk/words";

const STATES = [
  { value: "in-progress", label: "In progress" },
  { value: "ringing", label: "Ringing" },
  { value: "completed", label: "Completed" },
  { value: "no-answer", label: "No answer" },
  { value: "busy", label: "Busy" },
  { value: "failed", label: "Failed" },
  { value: "canceled", label: "Canceled" },
];
const DIRECTIONS = [
  { value: "outbound", label: "We called" },
  { value: "inbound", label: "They called" },
];

interface Chosen {
  search?: string;
  status?: string;
  direction?: string;
  workflow?: string;
  time?: string;
}

/** Calls placed and received. */
export function CallsPage() {
  const { chosen, choose, onSearch, isChosen } = useChosen<Chosen>("/calls");
  // Viewers see the last digits alone, and do not search by them.
  const operates = useMay("operator");
  const list = useList<Call>("calls", "/api/v1/calls", {
    search: chosen.search,
    status: chosen.status,
    direction: chosen.direction,
    workflow: chosen.workflow,
    since: sinceOf(chosen.time),
  });
  useEnough(list);
  return (
    <div className={classes.page}>
      <PageHeader title="Calls" about="Announcements, interviews and calls to your numbers, the newest first." />
      <div className={classes.body}>
        <div className={classes.filters} role="search">
          <SearchBox
            label="Search calls"
            placeholder={operates ? "Number, name, words or id" : "Name, words or id"}
            initial={chosen.search}
            onSearch={onSearch}
          />
          <OneOf label="State" any="Any state" of={STATES} value={chosen.status} onChange={(status) => choose({ status })} />
          <OneOf
            label="Direction"
            any="Both ways"
            of={DIRECTIONS}
            value={chosen.direction}
            onChange={(direction) => choose({ direction })}
          />
          <FlowFilter value={chosen.workflow} newestRuns={500} onChange={(workflow) => choose({ workflow })} />
          <TimeFilter value={chosen.time} onChange={(time) => choose({ time })} />
        </div>
        <Listing
          label="Calls"
          list={list}
          columns={COLUMNS}
          keyOf={(one) => one.id}
          empty={
            isChosen ? (
              <EmptyState title="No call is like that">Take a filter away, or search for less.</EmptyState>
            ) : (
              <EmptyState title="No calls yet">
                A workflow places them with Twilio Voice and Voice Agent steps; calls to your numbers stand here as well.
              </EmptyState>
            )
          }
        />
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
        <Who name={one.name} number={one.direction === "inbound" ? one.from : one.to} />
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
    label: "Through",
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

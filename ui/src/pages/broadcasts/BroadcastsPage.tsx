import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useMay } from "../../app/me";
import { EmptyState } from "../../components/EmptyState";
import { Moment } from "../../components/Moment";
import { PageHeader } from "../../components/PageHeader";
import { StatusPill } from "../../components/StatusPill";
import { useList } from "../../talk/list";
import { Listing } from "../../talk/Listing";
import classes from "../../talk/Page.module.css";
import { type Column, rowLink, rowText } from "../../talk/Table";
import { type Broadcast, broadcastState } from "./broadcast";
import { NewBroadcast } from "./NewBroadcast";
import { Progress } from "./Progress";

/** One message or workflow for many people: those that were, and those that go out now. */
export function BroadcastsPage() {
  const edits = useMay("editor");
  const [makes, setMakes] = useState(false);
  const list = useList<Broadcast>("broadcasts", "/api/v1/broadcasts", {});
  const add = edits && (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setMakes(true)}>
      New broadcast
    </Button>
  );
  return (
    <div className={classes.page}>
      <PageHeader title="Broadcasts" about="One text for everybody on a list, checked and forecast before it goes out.">
        {add}
      </PageHeader>
      <div className={classes.body}>
        <Listing
          label="Broadcasts"
          list={list}
          columns={COLUMNS}
          keyOf={(one) => one.id}
          empty={
            <EmptyState title="No broadcasts yet">
              {edits
                ? "Choose a list of contacts and write a text. Nothing is sent before you have seen what it costs and started it."
                : "An editor makes them: one text for everybody on a list of contacts. How far each one is stands here."}
            </EmptyState>
          }
        />
      </div>
      {edits && <NewBroadcast opened={makes} onClose={() => setMakes(false)} />}
    </div>
  );
}

const COLUMNS: Column<Broadcast>[] = [
  {
    label: "Name",
    show: (one) => (
      <div style={{ minWidth: 200 }}>
        <Link to="/broadcasts/$id" params={{ id: one.id }} className={rowLink}>
          {one.name}
        </Link>
      </div>
    ),
  },
  {
    label: "State",
    once: true,
    show: (one) => {
      const { tone, word } = broadcastState(one);
      return <StatusPill tone={tone}>{word}</StatusPill>;
    },
  },
  {
    label: "What",
    wide: true,
    show: (one) => <div className={rowText}>{whatOf(one)}</div>,
  },
  {
    label: "Progress",
    show: (one) => (
      <div style={{ minWidth: 150 }}>
        <Progress of={one} brief />
      </div>
    ),
  },
  { label: "Made", number: true, desk: true, show: (one) => <Moment at={one.created_at} /> },
];

/** What a broadcast sends, in a line. */
export function whatOf(one: Broadcast): string {
  if (one.workflow) return `The workflow ${one.workflow}`;
  if (typeof one.message === "string") return one.message;
  if (one.message) return Object.values(one.message)[0] ?? "";
  return one.content_sid ? `Template ${one.content_sid}` : "";
}

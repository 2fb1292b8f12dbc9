import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Link2, OctagonAlert } from "lucide-react";
import { ask } from "../../api/client";
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
import type { Message, Page } from "../../talk/shapes";
import { aboveRow, type Column, rowLink, rowText } from "../../talk/Table";
import { Who } from "../../talk/Who";
import { channelName, costOf, messageState, phone } from "../../talk/words";

const STATES = [
  { value: "status:delivered", label: "Delivered" },
  { value: "status:read", label: "Read" },
  { value: "status:sent", label: "Sent" },
  { value: "status:undelivered", label: "Undelivered" },
  { value: "stage:failed", label: "Failed" },
  { value: "stage:refused", label: "Not sent" },
  { value: "stage:unknown", label: "Finding out" },
  { value: "stage:unresolved", label: "Unknown" },
  { value: "stage:held", label: "Waiting" },
  { value: "stage:ready", label: "Queued" },
  { value: "status:scheduled", label: "Scheduled" },
  { value: "stage:canceled", label: "Canceled" },
];

const CHANNELS = [
  { value: "sms", label: "SMS" },
  { value: "whatsapp", label: "WhatsApp" },
];

interface Chosen {
  search?: string;
  state?: string;
  channel?: string;
  workflow?: string;
  time?: string;
}

/** Every message we were asked to send, with how far it has come. */
export function MessagesPage() {
  const { chosen, choose, onSearch, isChosen } = useChosen<Chosen>("/messages");
  // Viewers see the last digits alone, and do not search by them.
  const operates = useMay("operator");
  const [form, value] = (chosen.state ?? "").split(":");
  const list = useList<Message>("messages", "/api/v1/messages", {
    search: chosen.search,
    stage: form === "stage" ? value : undefined,
    status: form === "status" ? value : undefined,
    channel: chosen.channel,
    workflow: chosen.workflow,
    since: sinceOf(chosen.time),
  });
  useEnough(list);
  return (
    <div className={classes.page}>
      <PageHeader title="Messages" about="What was sent, is on its way, or was held back, the newest first.">
        <Button component={Link} to="/links" variant="default" leftSection={<Link2 size={16} aria-hidden />}>
          Short links
        </Button>
      </PageHeader>
      <div className={classes.body}>
        <Unknown />
        <div className={classes.filters} role="search">
          <SearchBox
            label="Search messages"
            placeholder={operates ? "Number, name, words or id" : "Name, words or id"}
            initial={chosen.search}
            onSearch={onSearch}
          />
          <OneOf label="State" any="Any state" of={STATES} value={chosen.state} onChange={(state) => choose({ state })} />
          <OneOf
            label="Channel"
            any="Any channel"
            of={CHANNELS}
            value={chosen.channel}
            onChange={(channel) => choose({ channel })}
          />
          <FlowFilter value={chosen.workflow} newestRuns={500} onChange={(workflow) => choose({ workflow })} />
          <TimeFilter value={chosen.time} onChange={(time) => choose({ time })} />
        </div>
        <Listing
          label="Messages"
          list={list}
          columns={COLUMNS}
          keyOf={(one) => one.id}
          empty={
            isChosen ? (
              <EmptyState title="No message is like that">Take a filter away, or search for less.</EmptyState>
            ) : (
              <EmptyState title="No messages yet">
                Run a workflow, answer somebody in the inbox, or send one through the API.
              </EmptyState>
            )
          }
        />
      </div>
    </div>
  );
}

/** Says that messages wait for a person's word, where some do. */
function Unknown() {
  const operates = useMay("operator");
  const unresolved = useQuery({
    queryKey: ["messages", "list", "unresolved"],
    queryFn: () => ask<Page<Message>>("/api/v1/messages/unresolved?limit=20"),
  });
  const waiting = unresolved.data?.items ?? [];
  const first = waiting[0];
  if (!first) return null;
  return (
    <p className={classes.notice}>
      <OctagonAlert size={18} aria-hidden />
      <span>
        {waiting.length === 1 && !unresolved.data?.next ? (
          <>
            <strong>One message</strong> may or may not have been sent, and Ringline could not find out.{" "}
          </>
        ) : (
          <>
            <strong>{unresolved.data?.next ? "More than 20" : waiting.length} messages</strong> may or may not have been
            sent, and Ringline could not find out.{" "}
          </>
        )}
        <Link to={first.id.startsWith("call_") ? "/calls/$id" : "/messages/$id"} params={{ id: first.id }}>
          {operates ? "Say what became of the newest" : "See the newest"}
        </Link>
      </span>
    </p>
  );
}

const COLUMNS: Column<Message>[] = [
  {
    label: "To",
    once: true,
    show: (one) => (
      <Link to="/messages/$id" params={{ id: one.id }} className={rowLink}>
        <Who name={one.name} number={one.to} />
      </Link>
    ),
  },
  {
    label: "State",
    once: true,
    show: (one) => {
      const { tone, word } = messageState(one);
      return <StatusPill tone={tone}>{word}</StatusPill>;
    },
  },
  {
    label: "Text",
    wide: true,
    show: (one) => <div className={rowText}>{one.message ?? (one.redacted_at ? "Erased" : "No text")}</div>,
  },
  { label: "Channel", desk: true, show: (one) => channelName(one.channel) },
  {
    label: "Sent by",
    desk: true,
    once: true,
    show: (one) =>
      one.run ? (
        <Link to="/runs/$id" params={{ id: one.run }} className={aboveRow}>
          Run
        </Link>
      ) : one.broadcast ? (
        "Broadcast"
      ) : (
        phone(one.from)
      ),
  },
  { label: "Cost", number: true, desk: true, show: (one) => costOf(one.price, one.price_unit, one.expected_price) },
  { label: "When", number: true, show: (one) => <Moment at={one.created_at} /> },
];

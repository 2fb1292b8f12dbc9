import { Button, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Link2 } from "lucide-react";
import { useCallback } from "react";
import { ask } from "../../api/client";
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
import type { Message, Page } from "../../talk/shapes";
import { aboveRow, type Column, rowLink, rowText, Table } from "../../talk/Table";
import { channelName, costOf, messageState, phone } from "../../talk/words";

const STATES = [
  { value: "status:delivered", label: "Delivered" },
  { value: "status:read", label: "Read" },
  { value: "status:sent", label: "Sent" },
  { value: "status:undelivered", label: "Undelivered" },
  { value: "stage:failed", label: "Failed" },
  { value: "stage:refused", label: "Not sent" },
  { value: "stage:unresolved", label: "Unknown" },
  { value: "stage:held", label: "Waiting" },
  { value: "stage:ready", label: "Queued" },
  { value: "status:scheduled", label: "Scheduled" },
  { value: "stage:canceled", label: "Canceled" },
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
  const chosen: Chosen = useSearch({ strict: false });
  const navigate = useNavigate();
  const choose = useCallback(
    (change: Partial<Chosen>) =>
      void navigate({
        to: "/messages",
        search: (before: Record<string, unknown>) => kept({ ...before, ...change }),
        replace: true,
      }),
    [navigate],
  );
  const onSearch = useCallback((search: string) => choose({ search: search || undefined }), [choose]);
  const [form, value] = (chosen.state ?? "").split(":");
  const list = useList<Message>("messages", "/api/v1/messages", {
    search: chosen.search,
    stage: form === "stage" ? value : undefined,
    status: form === "status" ? value : undefined,
    channel: chosen.channel,
    workflow: chosen.workflow,
    since: sinceOf(chosen.time),
  });
  const isChosen = Object.values(chosen).some(Boolean);
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
            placeholder="Number, name, words or id"
            initial={chosen.search}
            onSearch={onSearch}
          />
          <Select
            aria-label="State"
            placeholder="Any state"
            clearable
            data={STATES}
            value={chosen.state ?? null}
            onChange={(state) => choose({ state: state ?? undefined })}
          />
          <Select
            aria-label="Channel"
            placeholder="Any channel"
            clearable
            data={[
              { value: "sms", label: "SMS" },
              { value: "whatsapp", label: "WhatsApp" },
            ]}
            value={chosen.channel ?? null}
            onChange={(channel) => choose({ channel: channel ?? undefined })}
          />
          <FlowFilter value={chosen.workflow} onChange={(workflow) => choose({ workflow })} />
          <TimeFilter value={chosen.time} onChange={(time) => choose({ time })} />
        </div>
        {list.isPending ? (
          <Loading what="Loading messages" />
        ) : list.error && !list.items.length ? (
          <ErrorNotice error={list.error} retry={() => void list.refetch()} />
        ) : list.items.length === 0 ? (
          isChosen ? (
            <EmptyState title="No message is like that">Take a filter away, or search for less.</EmptyState>
          ) : (
            <EmptyState title="No messages yet">
              Run a workflow, answer somebody in the inbox, or send one through the API.
            </EmptyState>
          )
        ) : (
          <Table label="Messages" columns={COLUMNS} rows={list.items} keyOf={(one) => one.id} more={list} />
        )}
      </div>
    </div>
  );
}

/** Says that messages wait for a person's word, where some do. */
function Unknown() {
  const unresolved = useQuery({
    queryKey: ["messages", "list", "unresolved"],
    queryFn: () => ask<Page<Message>>("/api/v1/messages/unresolved?limit=20"),
  });
  const waiting = unresolved.data?.items ?? [];
  const first = waiting[0];
  if (!first) return null;
  return (
    <p style={{ margin: "0 0 12px" }}>
      <StatusPill tone="bad">{unresolved.data?.next ? "More than 20" : waiting.length}</StatusPill>{" "}
      {waiting.length === 1 ? "message" : "messages"} may or may not have been sent, and nobody could find out.{" "}
      <Link to="/messages/$id" params={{ id: first.id }}>
        Say what became of the newest
      </Link>
    </p>
  );
}

const COLUMNS: Column<Message>[] = [
  {
    label: "To",
    once: true,
    show: (one) => (
      <Link to="/messages/$id" params={{ id: one.id }} className={rowLink}>
        {phone(one.to)}
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
    label: "From",
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

import { Button, Group, Select, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { type FormEvent, useState } from "react";
import { api, data } from "../../api/typed";
import type { components } from "../../api/schema";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { ACTIONS, actionWords } from "./actions";
import classes from "./AuditPage.module.css";
import { Card } from "./Card";
import { Records } from "./Records";
import { SettingsFrame } from "./SettingsFrame";
import { Subject } from "./Subject";

type Entry = components["schemas"]["AuditOut"];

const KINDS: Record<string, string> = { user: "", key: "API key", token: "command line or program", system: "system" };
const OUTCOMES: Record<Entry["outcome"], string> = {
  done: "",
  begun: "Not known to have finished",
  failed: "Ended with an error; may be done in part",
};
const SPANS = [
  { value: "1", label: "the last day" },
  { value: "7", label: "the last week" },
  { value: "30", label: "the last month" },
  { value: "", label: "any time" },
];

interface Filters {
  who?: string;
  action?: string;
  subject?: string;
  days?: string;
}

/** Who changed or sent what. */
export function AuditPage() {
  const filters = useFilters();
  return (
    <SettingsFrame
      title="Audit log"
      about="Everything that somebody changed or sent, kept for 400 days. Numbers are hidden but for their last digits."
    >
      <FilterBar filters={filters} />
      <Entries filters={filters} />
    </SettingsFrame>
  );
}

function useFilters(): Filters {
  const search: Record<string, unknown> = useSearch({ strict: false });
  // The address bar turns what looks like a number into one.
  const text = (name: string) => {
    const value = search[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  };
  return { who: text("who"), action: text("action"), subject: text("subject"), days: text("days") };
}

function FilterBar({ filters }: { filters: Filters }) {
  const navigate = useNavigate();
  const [subject, setSubject] = useState(filters.subject ?? "");
  const users = useQuery({ queryKey: ["users", "list"], queryFn: () => data(api.GET("/api/v1/users")) });
  const keys = useQuery({ queryKey: ["keys", "list"], queryFn: () => data(api.GET("/api/v1/keys")) });
  const set = (changes: Filters) => {
    const wanted = Object.entries({ ...filters, ...changes }).filter(([, value]) => value);
    void navigate({ to: "/settings/audit", search: Object.fromEntries(wanted) });
  };
  const names = [
    ...new Set([
      ...(users.data ?? []).map((user) => user.name),
      ...(keys.data ?? []).map((key) => key.name),
      "server token",
      ...(filters.who ? [filters.who] : []),
    ]),
  ];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set({ subject: subject.trim() || undefined });
  };
  return (
    <div className={classes.filters}>
      <Select
        label="Who"
        placeholder="Everybody"
        data={names}
        value={filters.who ?? null}
        onChange={(who) => set({ who: who ?? undefined })}
        searchable
        clearable
        clearButtonProps={{ "aria-label": "Show what everybody did" }}
      />
      <Select
        label="What"
        placeholder="Everything"
        data={ACTIONS}
        value={filters.action ?? null}
        onChange={(action) => set({ action: action ?? undefined })}
        searchable
        clearable
        clearButtonProps={{ "aria-label": "Show everything that was done" }}
      />
      <Select
        label="When"
        data={SPANS}
        value={filters.days ?? ""}
        onChange={(days) => set({ days: days || undefined })}
        allowDeselect={false}
      />
      <form onSubmit={submit}>
        <TextInput
          label="To what"
          placeholder="Id or name"
          value={subject}
          onChange={(event) => setSubject(event.currentTarget.value)}
          leftSection={<Search size={15} aria-hidden />}
        />
      </form>
    </div>
  );
}

function Entries({ filters }: { filters: Filters }) {
  const { who, action, subject, days } = filters;
  const entries = useInfiniteQuery({
    queryKey: ["audit", "list", who, action, subject, days],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/api/v1/audit", {
          params: {
            query: {
              who,
              action,
              subject,
              since: days ? new Date(Date.now() - Number(days) * 86_400_000).toISOString() : undefined,
              cursor: pageParam,
            },
          },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  if (entries.isPending) return <Loading />;
  if (entries.error) return <ErrorNotice error={entries.error} retry={() => void entries.refetch()} />;
  const rows = entries.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) {
    return (
      <Card flush>
        <EmptyState title={who || action || subject || days ? "Nothing fits" : "Nothing has been done yet"}>
          What people and programs change or send is written down here as they do it.
        </EmptyState>
      </Card>
    );
  }
  return (
    <>
      <Card flush>
        <Records<Entry>
          label="Audit log"
          rows={rows}
          id={(entry) => entry.id}
          columns={[
            {
              head: "When",
              cell: (entry) => (
                <span className={classes.moment}>
                  <Moment at={entry.at} />
                </span>
              ),
            },
            {
              head: "Who",
              cell: (entry) => (
                <div className={classes.name}>
                  <strong style={{ fontWeight: 600 }}>{entry.who}</strong>
                  {KINDS[entry.kind] && (
                    <Text size="xs" c="dimmed">
                      {KINDS[entry.kind]}
                    </Text>
                  )}
                </div>
              ),
            },
            { head: "What", cell: (entry) => <What entry={entry} /> },
            {
              head: "To what",
              cell: (entry) => (
                <div className={classes.name}>
                  <Subject action={entry.action} subject={entry.subject} />
                </div>
              ),
            },
            { head: "Details", cell: (entry) => <Details of={entry.details} /> },
          ]}
        />
      </Card>
      {entries.hasNextPage && (
        <Group justify="center">
          <Button variant="default" onClick={() => void entries.fetchNextPage()} loading={entries.isFetchingNextPage}>
            Show older ones
          </Button>
        </Group>
      )}
    </>
  );
}

function What({ entry }: { entry: Entry }) {
  return (
    <div>
      {actionWords(entry.action)}
      {OUTCOMES[entry.outcome] && (
        <Text size="xs" c="dimmed">
          {OUTCOMES[entry.outcome]}
        </Text>
      )}
    </div>
  );
}

function Details({ of }: { of: Entry["details"] }) {
  const told = Object.entries(of).map(([name, value]) => `${name.replace(/_$/, "").replaceAll("_", " ")} ${String(value)}`);
  return (
    <Text size="xs" c="dimmed">
      {told.join(" · ") || "–"}
    </Text>
  );
}

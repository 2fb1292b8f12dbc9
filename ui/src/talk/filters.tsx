import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ask } from "../api/client";

const SPANS: Record<string, { label: string; hours: number }> = {
  hour: { label: "Last hour", hours: 1 },
  day: { label: "Last 24 hours", hours: 24 },
  week: { label: "Last 7 days", hours: 168 },
  month: { label: "Last 30 days", hours: 720 },
};

/** What of the address' search says something. */
export function kept(search: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value));
}

/** The moment a span begins, to the minute, so that the same list has the same address for a while. */
export function sinceOf(time: string | undefined): string | undefined {
  const span = SPANS[time ?? ""];
  if (!span) return undefined;
  const minute = 60_000;
  return new Date(Math.floor((Date.now() - span.hours * 60 * minute) / minute) * minute).toISOString();
}

/** Chooses how far back a list goes. */
export function TimeFilter({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (time: string | undefined) => void;
}) {
  return (
    <Select
      aria-label="Time"
      placeholder="Any time"
      clearable
      data={Object.entries(SPANS).map(([key, { label }]) => ({ value: key, label }))}
      value={value ?? null}
      onChange={(time) => onChange(time ?? undefined)}
    />
  );
}

/** Chooses one workflow; says so where what is listed is that of its *newestRuns* alone. */
export function FlowFilter({
  value,
  newestRuns,
  onChange,
}: {
  value: string | undefined;
  newestRuns?: number;
  onChange: (workflow: string | undefined) => void;
}) {
  const workflows = useQuery({
    queryKey: ["workflows", "list", "names"],
    queryFn: () => ask<{ name: string }[] | { items: { name: string }[] }>("/api/v1/workflows"),
  });
  const found = workflows.data ?? [];
  const names = (Array.isArray(found) ? found : found.items).map((one) => one.name);
  return (
    <Select
      aria-label="Workflow"
      description={value && newestRuns ? `What its newest ${newestRuns.toLocaleString()} runs brought about` : undefined}
      inputWrapperOrder={["label", "input", "description", "error"]}
      placeholder="Any workflow"
      clearable
      searchable
      nothingFoundMessage="No such workflow"
      data={value && !names.includes(value) ? [value, ...names] : names}
      value={value ?? null}
      onChange={(workflow) => onChange(workflow ?? undefined)}
    />
  );
}

import { ActionIcon, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { ask } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { ErrorNotice } from "../../components/ErrorNotice";
import type { Contact } from "../../talk/shapes";
import { type NumberRow, NumberRows, rowsOf } from "./NumberRows";
import { Refused } from "./Refused";

const NAMED = ["name", "language", "time_zone", "country"] as const;
type Named = (typeof NAMED)[number];
const LABELS: Record<Named, [string, string]> = {
  name: ["Name", ""],
  language: ["Language", "en"],
  time_zone: ["Time zone", "America/New_York"],
  country: ["Country", "US"],
};

interface Field {
  key: number;
  name: string;
  value: string;
}

/** Changes what is known of a person; only what was changed is sent. */
export function ContactForm({ contact }: { contact: Contact }) {
  const queries = useQueryClient();
  const [values, setValues] = useState<Record<Named, string>>({
    name: contact.name ?? "",
    language: contact.language ?? "",
    time_zone: contact.time_zone ?? "",
    country: contact.country ?? "",
  });
  const [fields, setFields] = useState<Field[]>(() =>
    Object.entries(contact.fields).map(([name, value], key) => ({ key, name, value: String(value) })),
  );
  const [numbers, setNumbers] = useState(() => rowsOf(contact));
  const changes = changesOf(contact, values, fields, numbers);
  const save = useMutation({
    mutationFn: () =>
      ask<Contact>(`/api/v1/contacts/${encodeURIComponent(contact.id)}`, { method: "PATCH", json: changes }),
    onSuccess: () => {
      notifications.show({ message: "Saved." });
      void queries.invalidateQueries({ queryKey: ["contacts"] });
      void queries.invalidateQueries({ queryKey: ["conversations"] });
    },
  });
  const wrong = save.error instanceof ProblemError ? save.error : null;
  const nth = /^addresses\.(\d+)$/.exec(wrong?.field ?? "")?.[1];
  // The server counts what was sent, and rows that were left empty were not.
  const place = nth === undefined ? undefined : numbers.flatMap((one, n) => (one.address.trim() ? [n] : []))[Number(nth)];
  const set = (key: number, change: Partial<Field>) =>
    setFields(fields.map((one) => (one.key === key ? { ...one, ...change } : one)));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="sm">
        {NAMED.map((name) => (
          <TextInput
            key={name}
            label={LABELS[name][0]}
            placeholder={LABELS[name][1]}
            autoComplete="off"
            value={values[name]}
            error={wrong?.field === name ? `${wrong.message} ${wrong.fix}` : undefined}
            onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
          />
        ))}
        <Text size="sm" fw={600} mt={4}>
          Numbers
        </Text>
        <NumberRows
          rows={numbers}
          wrong={wrong && place !== undefined ? { place, words: <Refused error={wrong} /> } : null}
          onChange={setNumbers}
        />
        <Text size="sm" fw={600} mt={4}>
          Fields
        </Text>
        {fields.map((one) => (
          <Group key={one.key} gap="xs" wrap="nowrap">
            <TextInput
              aria-label="Field"
              placeholder="Name"
              value={one.name}
              style={{ flex: 1 }}
              onChange={(event) => set(one.key, { name: event.currentTarget.value })}
            />
            <TextInput
              aria-label={`Value of ${one.name || "the field"}`}
              placeholder="Value"
              value={one.value}
              style={{ flex: 2 }}
              onChange={(event) => set(one.key, { value: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={`Remove ${one.name || "the field"}`}
              onClick={() => setFields(fields.filter((other) => other.key !== one.key))}
            >
              <X size={16} />
            </ActionIcon>
          </Group>
        ))}
        {save.error && !NAMED.includes(wrong?.field as Named) && place === undefined && <ErrorNotice error={save.error} />}
        <Group justify="space-between">
          <Button
            variant="subtle"
            size="xs"
            leftSection={<Plus size={14} aria-hidden />}
            onClick={() => setFields([...fields, { key: Date.now(), name: "", value: "" }])}
          >
            Add a field
          </Button>
          <Button type="submit" disabled={Object.keys(changes).length === 0} loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function changesOf(
  contact: Contact,
  values: Record<Named, string>,
  fields: Field[],
  numbers: NumberRow[],
): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const name of NAMED) {
    const value = values[name].trim() || null;
    if (value !== contact[name]) changes[name] = value;
  }
  const now = Object.fromEntries(
    fields.filter((one) => one.name.trim()).map((one) => [one.name.trim(), one.value] as const),
  );
  const changed: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(now)) if (contact.fields[name] !== value) changed[name] = value;
  for (const name of Object.keys(contact.fields)) if (!(name in now)) changed[name] = null;
  if (Object.keys(changed).length > 0) changes.fields = changed;
  const addresses = numbers
    .map(({ channel, address }) => ({ channel, address: address.trim() }))
    .filter((one) => one.address);
  if (JSON.stringify(addresses) !== JSON.stringify(contact.addresses.map(({ channel, address }) => ({ channel, address })))) {
    changes.addresses = addresses;
  }
  return changes;
}

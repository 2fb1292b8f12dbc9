import { ActionIcon, Button, Group, Select, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import type { Contact } from "../../talk/shapes";
import { channelName } from "../../talk/words";

/** A number as it is written in the form. */
export interface NumberRow {
  key: number;
  channel: string;
  address: string;
}

const CHANNELS = ["sms", "whatsapp", "voice"].map((value) => ({ value, label: channelName(value) }));

export function rowsOf(contact: Contact): NumberRow[] {
  return contact.addresses.map((one, key) => ({ key, channel: one.channel, address: one.address }));
}

/** The numbers of one person, each with what it is for; *wrong* is what the server says of one, by its place. */
export function NumberRows({
  rows,
  wrong,
  onChange,
}: {
  rows: NumberRow[];
  wrong: { place: number; words: ReactNode } | null;
  onChange: (rows: NumberRow[]) => void;
}) {
  const set = (key: number, change: Partial<NumberRow>) =>
    onChange(rows.map((one) => (one.key === key ? { ...one, ...change } : one)));
  return (
    <>
      {rows.map((one, n) => (
        <Group key={one.key} gap="xs" wrap="nowrap" align="start">
          <Select
            aria-label={`What number ${n + 1} is for`}
            data={CHANNELS}
            value={one.channel}
            allowDeselect={false}
            w={124}
            style={{ flex: "none" }}
            onChange={(channel) => set(one.key, { channel: channel ?? "sms" })}
          />
          <TextInput
            aria-label={`Number ${n + 1}`}
            type="tel"
            placeholder="+14155550123"
            autoComplete="off"
            value={one.address}
            error={wrong?.place === n ? wrong.words : undefined}
            style={{ flex: 1, minWidth: 0 }}
            onChange={(event) => set(one.key, { address: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            disabled={rows.length === 1}
            aria-label={`Remove number ${n + 1}${one.address ? `, ${one.address}` : ""}`}
            onClick={() => onChange(rows.filter((other) => other.key !== one.key))}
          >
            <X size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Group>
        <Button
          variant="subtle"
          size="xs"
          leftSection={<Plus size={14} aria-hidden />}
          onClick={() => onChange([...rows, { key: Date.now(), channel: "sms", address: "" }])}
        >
          Add a number
        </Button>
      </Group>
    </>
  );
}

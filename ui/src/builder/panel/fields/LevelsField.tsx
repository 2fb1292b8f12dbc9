import { ActionIcon, Button, Chip, Group, NumberInput, TagsInput, Text, TextInput, Tooltip } from "@mantine/core";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useForm } from "../context";
import { moved } from "../edits";
import { Fold } from "../Form";
import { isRecord } from "../shapes";
import { FieldFrame } from "./FieldFrame";
import type { FieldProps } from "./FormField";
import { SelectorField } from "./NamedFields";
import { TemplateInput } from "./TemplateInput";
import classes from "./fields.module.css";

const CHANNELS: [string, string][] = [
  ["sms", "SMS"],
  ["whatsapp", "WhatsApp"],
  ["voice", "Call"],
];

interface Level {
  to: string[];
  rest: Record<string, unknown>;
}

/** Who is alerted, level by level: one or several people each, and how. */
export function LevelsField(props: FieldProps) {
  const { field, value, set, required, faults } = props;
  const { root } = useForm();
  if (typeof value === "string" && value.startsWith("$")) return <SelectorField {...props} />;
  const given = Array.isArray(value) ? (value as unknown[]) : value === undefined || value === "" ? [] : [value];
  const usual = isRecord(root) && Array.isArray(root.channels) ? root.channels.map(String) : ["sms"];
  const put = (next: unknown[], burst = false) => set(next.length === 0 ? undefined : next, burst);
  const change = (at: number, level: Level, burst = false) =>
    put(
      given.map((one, index) => (index === at ? written(level) : one)),
      burst,
    );
  return (
    <FieldFrame field={{ ...field, description: "" }} required={required} faults={faults} group>
      {() => (
        <>
          {given.map((one, index) => (
            <LevelBox
              key={index}
              number={index + 1}
              level={read(one)}
              usual={usual}
              last={given.length - 1}
              onChange={(level, burst) => change(index, level, burst)}
              onMove={(by) => put(moved(given, index, index + by))}
              onRemove={() => put(given.filter((_, other) => other !== index))}
            />
          ))}
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Plus size={14} />}
            style={{ alignSelf: "flex-start" }}
            onClick={() => put([...given, ""])}
          >
            Add a level
          </Button>
        </>
      )}
    </FieldFrame>
  );
}

function LevelBox({
  number,
  level,
  usual,
  last,
  onChange,
  onMove,
  onRemove,
}: {
  number: number;
  level: Level;
  usual: string[];
  last: number;
  onChange: (level: Level, burst?: boolean) => void;
  onMove: (by: number) => void;
  onRemove: () => void;
}) {
  const { rest } = level;
  const put = (key: string, value: unknown, burst = false) => {
    const { [key]: _before, ...others } = rest;
    onChange({ ...level, rest: value === undefined ? others : { ...others, [key]: value } }, burst);
  };
  const channels = channelsOf(rest);
  return (
    <div className={classes.box} role="group" aria-label={`Level ${number}`}>
      <Group justify="space-between">
        <Text size="sm" fw={600}>
          Level {number}
        </Text>
        <Group gap={0}>
          <Act label={`Move level ${number} up`} disabled={number === 1} onClick={() => onMove(-1)}>
            <ArrowUp size={14} />
          </Act>
          <Act label={`Move level ${number} down`} disabled={number > last} onClick={() => onMove(1)}>
            <ArrowDown size={14} />
          </Act>
          <Act label={`Remove level ${number}`} onClick={onRemove}>
            <Trash2 size={14} />
          </Act>
        </Group>
      </Group>
      <TagsInput
        label="Who is alerted"
        size="xs"
        value={level.to}
        placeholder={level.to.length === 0 ? "+14155550123, then Enter" : "and another one"}
        acceptValueOnBlur
        onChange={(to) => onChange({ ...level, to })}
      />
      {level.to.length < 2 && (
        <TextInput
          label="Name"
          size="xs"
          value={String(rest.name ?? "")}
          onChange={(event) => put("name", event.currentTarget.value || undefined, true)}
        />
      )}
      <div role="group" aria-label={`How level ${number} is alerted`}>
        <Text size="xs" fw={500} mb={4}>
          How
        </Text>
        <Chip.Group
          multiple
          value={channels ?? usual}
          onChange={(next) => {
            const { channel: _channel, ...others } = rest;
            const same = next.length === 0 || next.toSorted().join() === usual.toSorted().join();
            const { channels: _channels, ...none } = others;
            onChange({ ...level, rest: same ? none : { ...others, channels: next } });
          }}
        >
          <Group gap={6}>
            {CHANNELS.map(([value, label]) => (
              <Chip key={value} value={value} size="xs">
                {label}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </div>
      <Fold title="Only for this level" initially={["wait_for", "repeat", "message"].some((key) => key in rest)}>
        <Group grow gap="xs" align="flex-start">
          <TextInput
            label="Wait for"
            size="xs"
            placeholder="5m"
            value={String(rest.wait_for ?? "")}
            onChange={(event) => put("wait_for", event.currentTarget.value || undefined, true)}
          />
          <NumberInput
            label="Alerted again"
            size="xs"
            placeholder="0"
            min={0}
            max={20}
            value={typeof rest.repeat === "number" ? rest.repeat : ""}
            onChange={(next) => put("repeat", next === "" ? undefined : Number(next), true)}
          />
        </Group>
        <TemplateInput
          label={`Message of level ${number}`}
          placeholder="Another message than the one for all"
          multiline
          value={String(rest.message ?? "")}
          onChange={(text) => put("message", text === "" ? undefined : text, true)}
        />
      </Fold>
    </div>
  );
}

function channelsOf(rest: Record<string, unknown>): string[] | null {
  const held = rest.channels ?? rest.channel;
  return Array.isArray(held) ? held.map(String) : typeof held === "string" ? [held] : null;
}

function read(one: unknown): Level {
  if (!isRecord(one)) return { to: listed(one), rest: {} };
  const { to, ...rest } = one;
  return { to: listed(to), rest };
}

function listed(to: unknown): string[] {
  return (Array.isArray(to) ? to : to === undefined || to === null || to === "" ? [] : [to]).map(String);
}

function written({ to, rest }: Level): unknown {
  const people = to.length === 1 ? to[0] : to.length === 0 ? "" : to;
  return Object.keys(rest).length === 0 ? people : { to: people, ...rest };
}

function Act({
  label,
  disabled,
  onClick,
  children,
}: {
  label: string;
  disabled?: boolean;
  onClick: () => void;
  children: React.ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} disabled={disabled} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

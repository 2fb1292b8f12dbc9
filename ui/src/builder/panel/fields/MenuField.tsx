import { ActionIcon, Button, Group, Select, TextInput, Tooltip } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import { isRecord } from "../shapes";
import { FieldFrame } from "./FieldFrame";
import type { FieldProps } from "./FormField";
import { LateInput } from "../LateInput";
import classes from "./fields.module.css";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#"];

/** What keys of the telephone mean: each leads on by its name, and something may be said first. */
export function MenuField({ field, value, set, required, faults }: FieldProps) {
  const menu = isRecord(value) ? value : {};
  const rows = Object.entries(menu);
  const free = KEYS.filter((key) => !(key in menu));
  const put = (next: [string, unknown][], burst = false) =>
    set(next.length === 0 ? undefined : Object.fromEntries(next), burst);
  return (
    <FieldFrame field={{ ...field, description: "" }} required={required} faults={faults} group>
      {() => (
        <>
          {rows.map(([key, one], index) => {
            const { label, say } = read(one);
            const write = (next: unknown, burst = false) =>
              put(
                rows.map((row, other) => (other === index ? [key, next] : row)),
                burst,
              );
            return (
              <div key={key} className={classes.box} role="group" aria-label={`Key ${key}`}>
                <Group gap={6} wrap="nowrap" align="flex-end">
                  <Select
                    label="Key"
                    size="xs"
                    w={64}
                    data={[key, ...free]}
                    value={key}
                    allowDeselect={false}
                    onChange={(to) => to !== null && put(rows.map((row, other) => (other === index ? [to, one] : row)))}
                  />
                  <LateInput
                    label="Leads on as"
                    size="xs"
                    flex={1}
                    value={label}
                    placeholder="confirmed"
                    onKeep={(to) => write(written(to, say))}
                    wrong={(to) => (to === "" ? "Give it a name: it is what the call ends with." : null)}
                  />
                  <Tooltip label="Remove this key">
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      size="lg"
                      aria-label={`Remove key ${key}`}
                      onClick={() => put(rows.filter((_, other) => other !== index))}
                    >
                      <Trash2 size={15} />
                    </ActionIcon>
                  </Tooltip>
                </Group>
                <TextInput
                  label="Said then"
                  size="xs"
                  placeholder="Nothing"
                  value={say}
                  onChange={(event) => write(written(label, event.currentTarget.value), true)}
                />
              </div>
            );
          })}
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Plus size={14} />}
            disabled={free.length === 0}
            style={{ alignSelf: "flex-start" }}
            onClick={() => put([...rows, [free[0] ?? "1", `key_${free[0] ?? "1"}`]])}
          >
            Add a key
          </Button>
        </>
      )}
    </FieldFrame>
  );
}

function read(one: unknown): { label: string; say: string } {
  if (!isRecord(one)) return { label: String(one ?? ""), say: "" };
  return { label: String(one.label ?? ""), say: String(one.say ?? "") };
}

function written(label: string, say: string): unknown {
  return say === "" ? label : { label, say };
}

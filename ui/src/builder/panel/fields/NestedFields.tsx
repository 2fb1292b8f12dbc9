import { ActionIcon, Button, Group, Select, Text, TextInput, Tooltip } from "@mantine/core";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { JsonSchema } from "../../types";
import { useForm } from "../context";
import { moved } from "../edits";
import { blank, fits, isRecord, resolve, within, words } from "../shapes";
import { FormField, type FieldProps } from "./FormField";
import { FieldFrame } from "./FieldFrame";
import classes from "./fields.module.css";

/** A list of what is more than a word: its elements one below the other, added, moved and removed. */
export function ListField({ field, path, value, set, required, faults, action }: FieldProps) {
  const { defs } = useForm();
  if (field.shape.kind !== "list") return null;
  const { item } = field.shape;
  const given = Array.isArray(value) ? (value as unknown[]) : [];
  return (
    <FieldFrame field={field} required={required} faults={faults} action={action} group>
      {() => (
        <>
          {given.map((_, index) => (
            <div key={index} className={classes.box}>
              <FormField
                schema={{ ...resolve(item, defs), title: undefined }}
                path={[...path, index]}
                inherited={within(field)}
                label={`${field.label} ${index + 1}`}
                required
                bare
              />
              <Group gap={2} justify="flex-end">
                <Move label="Move up" disabled={index === 0} onClick={() => set(moved(given, index, index - 1))}>
                  <ArrowUp size={14} />
                </Move>
                <Move
                  label="Move down"
                  disabled={index === given.length - 1}
                  onClick={() => set(moved(given, index, index + 1))}
                >
                  <ArrowDown size={14} />
                </Move>
                <Move label="Remove" onClick={() => set(rest(given, index))}>
                  <Trash2 size={14} />
                </Move>
              </Group>
            </div>
          ))}
          <Add onClick={() => set([...given, blank(item, defs)])}>Add to {field.label.toLowerCase()}</Add>
        </>
      )}
    </FieldFrame>
  );
}

function rest(list: readonly unknown[], index: number): unknown[] | undefined {
  const left = list.filter((_, other) => other !== index);
  return left.length === 0 ? undefined : left;
}

function Move({
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

function Add({ onClick, children, disabled }: { onClick: () => void; children: React.ReactNode; disabled?: boolean }) {
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<Plus size={14} />}
      onClick={onClick}
      disabled={disabled}
      style={{ alignSelf: "flex-start" }}
    >
      {children}
    </Button>
  );
}

/** Values by names that the author chooses, or by a few that there are. */
export function MapField({ field, path, value, set, required, faults, action }: FieldProps) {
  const form = useForm();
  const [name, setName] = useState("");
  if (field.shape.kind !== "map") return null;
  const { value: schema, keys } = field.shape;
  const given = isRecord(value) ? value : {};
  const names = Object.keys(given);
  const free = keys?.filter((key) => !names.includes(key)) ?? null;
  const clean = name.trim();
  const canAdd = clean !== "" && !names.includes(clean);
  const add = (key: string) => {
    form.change([...path, key], blank(schema, form.defs));
    setName("");
  };
  const rename = (from: string, to: string) => {
    if (to === "" || to === from || to in given) return;
    set(Object.fromEntries(Object.entries(given).map(([key, one]) => [key === from ? to : key, one])));
  };
  return (
    <FieldFrame field={field} required={required} faults={faults} action={action} group>
      {() => (
        <>
          {names.map((key) => (
            <div key={key} className={classes.box}>
              <div className={classes.row}>
                <KeyInput name={key} label={`Name in ${field.label}`} fixed={keys !== null} onRename={(to) => rename(key, to)} />
                <Move
                  label={`Remove ${key}`}
                  onClick={() => form.change(names.length === 1 ? path : [...path, key], undefined)}
                >
                  <Trash2 size={14} />
                </Move>
              </div>
              <FormField schema={schema} path={[...path, key]} inherited={within(field)} label={`Value of ${key}`} required bare />
            </div>
          ))}
          {free === null ? (
            <Group gap={6} wrap="nowrap">
              <TextInput
                size="xs"
                aria-label={`New name in ${field.label}`}
                placeholder="Name"
                value={name}
                flex={1}
                onChange={(event) => setName(event.currentTarget.value)}
                onKeyDown={(event) => event.key === "Enter" && canAdd && add(clean)}
              />
              <Add onClick={() => add(clean)} disabled={!canAdd}>
                Add
              </Add>
            </Group>
          ) : (
            free.length > 0 && (
              <Select
                size="xs"
                aria-label={`Add to ${field.label}`}
                placeholder="Add"
                data={free.map((key) => ({ value: key, label: words(key) }))}
                value={null}
                onChange={(key) => key !== null && add(key)}
              />
            )
          )}
        </>
      )}
    </FieldFrame>
  );
}

function KeyInput({
  name,
  label,
  fixed,
  onRename,
}: {
  name: string;
  label: string;
  fixed: boolean;
  onRename: (to: string) => void;
}) {
  const [typed, setTyped] = useState(name);
  if (fixed) {
    return (
      <Text size="sm" fw={600}>
        {words(name)}
      </Text>
    );
  }
  return (
    <TextInput
      size="xs"
      aria-label={label}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => onRename(typed.trim())}
      onKeyDown={(event) => event.key === "Enter" && onRename(typed.trim())}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
    />
  );
}

/** Fields within a field. */
export function ObjectField({ field, path, value, required, faults, action }: FieldProps) {
  if (field.shape.kind !== "object") return null;
  const { schema } = field.shape;
  return (
    <FieldFrame field={field} required={required} faults={faults} action={action} group>
      {() => (
        <div className={classes.box}>
          {propertiesOf(schema)
            .filter(([key, one]) => isMeant(key, one, value))
            .map(([key, one]) => (
              <FormField
                key={key}
                schema={one}
                path={[...path, key]}
                inherited={within(field)}
                required={schema.required?.includes(key) ?? false}
              />
            ))}
        </div>
      )}
    </FieldFrame>
  );
}

/** Whether a field means something beside what the others say. What is written is always shown. */
function isMeant(key: string, schema: JsonSchema, value: unknown): boolean {
  const when = schema["x-when"];
  if (!isRecord(when) || (isRecord(value) && key in value)) return true;
  return Object.entries(when).every(
    ([other, meant]) => isRecord(value) && Array.isArray(meant) && meant.includes(value[other]),
  );
}

function propertiesOf(schema: JsonSchema, without?: string | null) {
  return Object.entries(schema.properties ?? {}).filter(([key]) => key !== without);
}

/** One of several forms: which, and then its own fields. */
export function UnionField({ field, path, value, set, required, faults, action }: FieldProps) {
  const { defs } = useForm();
  if (field.shape.kind !== "union") return null;
  const { arms, discriminator } = field.shape;
  const current = arms.findIndex((arm) => matches(value, arm.schema, discriminator, defs));
  const arm = arms[current];
  const labels = arms.map(({ label }, index) =>
    arms.findIndex((other) => other.label === label) === index ? label : `${label} ${index + 1}`,
  );
  return (
    <FieldFrame field={field} required={required} faults={faults} action={action} group>
      {() => (
        <>
          <Select
            size="xs"
            aria-label={`Kind of ${field.label}`}
            data={labels.map((label, index) => ({ value: String(index), label }))}
            value={value === undefined || current < 0 ? null : String(current)}
            placeholder="Choose"
            searchable={arms.length > 8}
            clearable={!required}
            clearButtonProps={{ "aria-label": `Clear ${field.label}` }}
            onChange={(next) => {
              const chosen = next === null ? undefined : arms[Number(next)];
              set(chosen === undefined ? undefined : blank(chosen.schema, defs));
            }}
          />
          {value !== undefined && arm !== undefined && (
            <ArmFields schema={arm.schema} field={field} path={path} discriminator={discriminator} />
          )}
        </>
      )}
    </FieldFrame>
  );
}

function ArmFields({
  schema,
  field,
  path,
  discriminator,
}: Pick<FieldProps, "field" | "path"> & {
  schema: JsonSchema;
  discriminator: string | null;
}) {
  const properties = propertiesOf(schema, discriminator).filter(
    ([, one]) => one.const === undefined && one.enum?.length !== 1,
  );
  if (schema.properties === undefined) {
    return <FormField schema={schema} path={path} inherited={within(field)} label={field.label} required bare />;
  }
  if (properties.length === 0) return null;
  return (
    <div className={classes.box}>
      {properties.map(([key, one]) => (
        <FormField
          key={key}
          schema={one}
          path={[...path, key]}
          inherited={within(field)}
          required={schema.required?.includes(key) ?? false}
        />
      ))}
    </div>
  );
}

function matches(
  value: unknown,
  schema: JsonSchema,
  discriminator: string | null,
  defs: Record<string, JsonSchema>,
): boolean {
  if (discriminator !== null && isRecord(value)) {
    const named = schema.properties?.[discriminator];
    return named?.const === value[discriminator] || (named?.enum?.includes(value[discriminator]) ?? false);
  }
  return fits(value, schema, defs);
}

import { Checkbox, MultiSelect, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { inWords, seconds, written } from "../durations";
import { words } from "../shapes";
import type { FieldProps } from "./FormField";
import { FieldFrame } from "./FieldFrame";

/** What stands in an empty input: what holds then. */
export function placeholderOf(otherwise: unknown, examples: readonly string[]): string | undefined {
  if (typeof otherwise === "string" || typeof otherwise === "number") return String(otherwise);
  return examples[0];
}

export function textOf(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}

export function TextField({ field, value, set, required, faults, action }: FieldProps) {
  const text = textOf(value);
  const isLong = text.length > 60 || text.includes("\n");
  return (
    <FieldFrame field={field} required={required} faults={faults} action={action}>
      {(described) => {
        const props = {
          ...described,
          value: text,
          placeholder: placeholderOf(field.otherwise, field.examples),
          onChange: (event: { currentTarget: { value: string } }) =>
            set(event.currentTarget.value === "" ? undefined : event.currentTarget.value, true),
        };
        return isLong ? <Textarea {...props} autosize minRows={2} maxRows={10} /> : <TextInput {...props} />;
      }}
    </FieldFrame>
  );
}

/** Text that is a number or true or false where it reads so. */
export function scalarOf(text: string, numbers: boolean, booleans: boolean): unknown {
  if (numbers && /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(text)) return Number(text);
  if (booleans && (text === "true" || text === "false")) return text === "true";
  return text;
}

export function NumberField({ field, value, set, required, faults, action }: FieldProps) {
  if (field.shape.kind !== "number") return null;
  const { integer, minimum, maximum } = field.shape;
  const range =
    minimum !== undefined && maximum !== undefined
      ? `From ${minimum} to ${maximum}.`
      : minimum !== undefined
        ? `At least ${minimum}.`
        : maximum !== undefined
          ? `At most ${maximum}.`
          : undefined;
  return (
    <FieldFrame field={field} required={required} faults={faults} action={action} note={range}>
      {(described) => (
        <NumberInput
          {...described}
          value={typeof value === "number" || typeof value === "string" ? value : ""}
          placeholder={placeholderOf(field.otherwise, field.examples)}
          allowDecimal={!integer}
          clampBehavior="none"
          min={minimum}
          max={maximum}
          onChange={(next) => set(next === "" ? undefined : next, true)}
        />
      )}
    </FieldFrame>
  );
}

/** Yes, no, or nothing written. Where nothing is written it shows what holds then. */
export function BooleanField({ field, value, set, required, faults, action }: FieldProps) {
  const usual = field.otherwise === true;
  const isOn = typeof value === "boolean" ? value : usual;
  return (
    <FieldFrame field={{ ...field, description: "" }} required={required} faults={faults} action={action}>
      {(described) => (
        <Switch
          {...described}
          checked={isOn}
          label={field.description || undefined}
          onChange={(event) => {
            const next = event.currentTarget.checked;
            set(next === usual && !required ? undefined : next);
          }}
        />
      )}
    </FieldFrame>
  );
}

export function ChoiceField({ field, value, set, required, faults, action }: FieldProps) {
  if (field.shape.kind !== "choice") return null;
  const { options } = field.shape;
  const label = (one: unknown) => field.labels[String(one)] ?? spoken(one);
  return (
    <FieldFrame field={field} required={required} faults={faults} action={action}>
      {(described) => (
        <Select
          {...described}
          data={options.map((one) => ({ value: String(one), label: label(one) }))}
          value={value === undefined || value === null ? null : String(value)}
          placeholder={field.otherwise === undefined || field.otherwise === null ? "Choose" : label(field.otherwise)}
          clearable={!required}
          clearButtonProps={{ "aria-label": `Clear ${field.label}` }}
          onChange={(next) => set(next === null ? undefined : options.find((one) => String(one) === next))}
        />
      )}
    </FieldFrame>
  );
}

function spoken(value: unknown): string {
  if (value === true) return "Yes";
  if (value === false) return "No";
  const text = String(value);
  return /^[a-z0-9_]+$/.test(text) ? words(text) : text;
}

/** Several of a few. */
export function SeveralField({ field, value, set, required, faults, options }: FieldProps & { options: unknown[] }) {
  const given = Array.isArray(value) ? value.map(String) : [];
  return (
    <FieldFrame field={field} required={required} faults={faults} group>
      {() =>
        options.length <= 6 ? (
          <Checkbox.Group value={given} onChange={(next) => set(next.length === 0 ? undefined : next)}>
            {options.map((one) => (
              <Checkbox key={String(one)} value={String(one)} label={spoken(one)} py={3} />
            ))}
          </Checkbox.Group>
        ) : (
          <MultiSelect
            aria-label={field.label}
            data={options.map((one) => ({ value: String(one), label: spoken(one) }))}
            value={given}
            onChange={(next) => set(next.length === 0 ? undefined : next)}
          />
        )
      }
    </FieldFrame>
  );
}

/** A list of short texts, such as keywords. A lone one that stands there as text stays text. */
export function WordsField({ field, value, set, required, faults, action, numbers = false }: FieldProps & { numbers?: boolean }) {
  const given = Array.isArray(value) ? value.map(String) : value === undefined || value === null ? [] : [String(value)];
  const isLone = field.shape.kind === "one_or_more" && !Array.isArray(value);
  const usual = Array.isArray(field.otherwise) && given.length === 0 ? field.otherwise.join(", ") : "";
  return (
    <FieldFrame field={field} required={required} faults={faults} action={action}>
      {(described) => (
        <TagsInput
          {...described}
          value={given}
          placeholder={usual || "Type and press Enter"}
          acceptValueOnBlur
          clearable
          clearButtonProps={{ "aria-label": `Clear ${field.label}` }}
          onChange={(next) => {
            const values = next.map((one) => (numbers ? scalarOf(one, true, false) : one));
            set(values.length === 0 ? undefined : values.length === 1 && isLone ? values[0] : values);
          }}
        />
      )}
    </FieldFrame>
  );
}

/** A span of time, with how it reads. */
export function DurationField({ field, value, set, required, faults, action }: FieldProps) {
  const text = textOf(value);
  const usual = typeof field.otherwise === "number" ? written(field.otherwise) : textOf(field.otherwise);
  const span = seconds(text.replace(/^[-+]/, ""));
  const note = span === null ? undefined : inWords(text.startsWith("-") ? -span : span);
  return (
    <FieldFrame field={field} required={required} faults={faults} action={action} note={note}>
      {(described) => (
        <TextInput
          {...described}
          value={text}
          placeholder={usual && usual !== "0s" ? usual : `such as ${field.examples[1] ?? "30m"}`}
          onChange={(event) => set(event.currentTarget.value === "" ? undefined : event.currentTarget.value, true)}
        />
      )}
    </FieldFrame>
  );
}

/** Anything at all, as JSON. What cannot be read stays in the input and is not kept. */
export function JsonField({ field, value, set, required, faults, action }: FieldProps) {
  const shown = value === undefined ? "" : JSON.stringify(value, null, 2);
  const [typed, setTyped] = useState<{ text: string; of: string } | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const text = typed !== null && typed.of === shown ? typed.text : shown;
  return (
    <FieldFrame field={field} required={required} faults={faults} action={action} note={wrong ?? undefined}>
      {(described) => (
        <Textarea
          {...described}
          value={text}
          autosize
          minRows={2}
          maxRows={16}
          spellCheck={false}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
          placeholder="{ }"
          onChange={(event) => {
            const next = event.currentTarget.value;
            const read = parsed(next);
            setWrong(read.wrong);
            if (read.wrong !== null) {
              setTyped({ text: next, of: shown });
              return;
            }
            setTyped({ text: next, of: read.value === undefined ? "" : JSON.stringify(read.value, null, 2) });
            set(read.value, true);
          }}
        />
      )}
    </FieldFrame>
  );
}

function parsed(text: string): { value: unknown; wrong: string | null } {
  if (text.trim() === "") return { value: undefined, wrong: null };
  try {
    return { value: JSON.parse(text) as unknown, wrong: null };
  } catch {
    return { value: undefined, wrong: "This is not JSON yet, so it is not kept. Texts stand in double quotes." };
  }
}

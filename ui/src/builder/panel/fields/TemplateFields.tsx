import { ActionIcon, Button, Group, SegmentedControl, Select, Tooltip } from "@mantine/core";
import { Braces, Trash2, Type } from "lucide-react";
import { useState } from "react";
import type { EditPath } from "../../types";
import { useForm } from "../context";
import { isRecord } from "../shapes";
import type { FieldProps } from "./FormField";
import { FieldFrame } from "./FieldFrame";
import { JsonField, placeholderOf, scalarOf, textOf } from "./PlainFields";
import { TemplateInput } from "./TemplateInput";
import classes from "./fields.module.css";

const LONG = /^(.*message|text|body|template|.*prompt|.*notice|greeting|goodbye|voicemail|question|confirmation|late_answer|help)$/i;

/** Whether a field holds sentences rather than words, by its name. */
export function isLongText(path: EditPath): boolean {
  return LONG.test(String(path.at(-1)));
}

/** A text with gaps. */
export function TemplateField({ field, path, value, set, required, faults, action }: FieldProps) {
  const { root } = useForm();
  const text = textOf(value);
  const holder = field.placeholders === null || !isRecord(root) ? null : root[field.placeholders];
  const names =
    field.placeholders === null
      ? undefined
      : Object.keys(isRecord(holder) ? holder : {}).map((name) => ` $parameters.${name} `);
  const isLong = isLongText(path) || text.length > 60 || text.includes("\n");
  return (
    <FieldFrame field={field} required={required} faults={faults} action={action}>
      {(described) => (
        <TemplateInput
          label={field.label}
          described={described}
          value={text}
          multiline={isLong}
          placeholder={placeholderOf(field.otherwise, field.examples)}
          names={names}
          helpers={names === undefined}
          onChange={(next) => set(next === "" ? undefined : next, true)}
        />
      )}
    </FieldFrame>
  );
}

/** One text for everybody, or one per language. */
export function TextsField(props: FieldProps) {
  const { field, value, set, required, faults } = props;
  const { vocabulary, graph } = useForm();
  if (!isRecord(value)) {
    const usual = typeof graph.defaults.language === "string" ? graph.defaults.language : "en";
    const split = (
      <Button size="compact-xs" variant="subtle" color="gray" onClick={() => set({ [usual]: textOf(value) })}>
        One per language
      </Button>
    );
    return <TemplateField {...props} action={split} />;
  }
  const texts = Object.entries(value);
  const free = vocabulary.languages.filter((language) => !(language in value));
  const put = (next: [string, unknown][]) => set(Object.fromEntries(next), true);
  const join = () => set(textOf(texts[0]?.[1]) || undefined);
  return (
    <FieldFrame
      field={field}
      required={required}
      faults={faults}
      group
      action={
        <Button size="compact-xs" variant="subtle" color="gray" onClick={join}>
          One text for all
        </Button>
      }
    >
      {() => (
        <div className={classes.box}>
          {texts.map(([language, text], index) => (
            <div key={index}>
              <Group justify="space-between" mb={2}>
                <span className={classes.language}>{languageName(language)}</span>
                <Tooltip label="Remove this language">
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`Remove ${languageName(language)}`}
                    disabled={texts.length === 1}
                    onClick={() => put(texts.filter((_, other) => other !== index))}
                  >
                    <Trash2 size={14} />
                  </ActionIcon>
                </Tooltip>
              </Group>
              <TemplateInput
                label={`${field.label} in ${languageName(language)}`}
                value={textOf(text)}
                multiline
                onChange={(next) => put(texts.map((one, other) => (other === index ? [language, next] : one)))}
              />
            </div>
          ))}
          <Select
            aria-label="Add a language"
            placeholder="Add a language"
            size="xs"
            data={free.map((language) => ({ value: language, label: languageName(language) }))}
            value={null}
            searchable
            onChange={(language) => language !== null && put([...texts, [language, ""]])}
          />
        </div>
      )}
    </FieldFrame>
  );
}

const NAMES = new Intl.DisplayNames(["en"], { type: "language" });

export function languageName(code: string): string {
  try {
    return NAMES.of(code) ?? code;
  } catch {
    return code;
  }
}

/** Text that may be a number, true or false; where anything may stand, also lists and mappings. */
export function AnyField(props: FieldProps) {
  const { field, value, set, required, faults } = props;
  const { shape } = field;
  const takesJson = shape.kind === "any";
  const [wantsJson, setWantsJson] = useState(false);
  const isJson = takesJson && (typeof value === "object" ? value !== null : wantsJson);
  const modes = takesJson ? (
    <SegmentedControl
      size="xs"
      aria-label={`How to write ${field.label}`}
      value={isJson ? "json" : "text"}
      data={[
        { value: "text", label: <Type size={12} aria-label="Text" /> },
        { value: "json", label: <Braces size={12} aria-label="JSON" /> },
      ]}
      onChange={(next) => {
        setWantsJson(next === "json");
        if (next === "text" && typeof value === "object") set(undefined);
      }}
    />
  ) : undefined;
  if (isJson) return <JsonField {...props} action={modes} />;
  return (
    <FieldFrame field={field} required={required} faults={faults} action={props.action ?? modes}>
      {(described) => (
        <TemplateInput
          label={field.label}
          described={described}
          value={textOf(value)}
          placeholder={placeholderOf(field.otherwise, field.examples)}
          onChange={(next) => {
            if (next === "") set(undefined, true);
            else if (shape.kind === "scalar") set(scalarOf(next, shape.numbers, shape.booleans), true);
            else set(scalarOf(next, true, true), true);
          }}
        />
      )}
    </FieldFrame>
  );
}

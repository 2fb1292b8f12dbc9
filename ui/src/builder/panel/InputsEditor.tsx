import { ActionIcon, Button, Group, Select, Text, Tooltip } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import type { Graph, InputSpec } from "../types";
import type { EditFn } from "./edits";
import { scalarOf } from "./fields/PlainFields";
import { LateInput } from "./LateInput";
import classes from "./panel.module.css";

const KINDS: Record<string, string> = {
  string: "Text",
  integer: "Whole number",
  float: "Number",
  boolean: "Yes or no",
  timestamp: "Moment",
  list_of_values: "List",
  dictionary: "Details (JSON)",
  secret: "Secret",
  "*": "Anything",
};

const FORMS: Record<string, string> = {
  WorkflowParameter: "Value",
  WorkflowImage: "Image",
  WorkflowBatchInput: "Batch of values",
  WorkflowVideoMetadata: "Video metadata",
};

const NAME = /^[A-Za-z_][A-Za-z0-9_ -]*$/;

/** What a run is started with: each input's name, its kind, and what it is where nothing is given. */
export function InputsEditor({ graph, edit }: { graph: Graph; edit: EditFn }) {
  const { inputs } = graph;
  const add = () => {
    const names = new Set(inputs.map((input) => input.name));
    let name = "phone";
    for (let number = 1; names.has(name); number++) name = `input_${number}`;
    
    void edit([{ op: "set", path: ["inputs", inputs.length], value: { type: "WorkflowParameter", name, kind: ["string"] } }]);
  };
  return (
    <>
      {inputs.length === 0 && (
        <Text size="xs" c="dimmed">
          Nothing is asked for when a run starts. Add what differs each time, such as the number to write to.
        </Text>
      )}
      {inputs.map((input) => (
        <InputCard key={input.index} input={input} inputs={inputs} edit={edit} />
      ))}
      <Button size="compact-sm" variant="default" leftSection={<Plus size={14} />} onClick={add} style={{ alignSelf: "flex-start" }}>
        Add an input
      </Button>
    </>
  );
}

function InputCard({ input, inputs, edit }: { input: InputSpec; inputs: InputSpec[]; edit: EditFn }) {
  const at = (key: string) => ["inputs", input.index, key];
  const isValue = input.type === "WorkflowParameter" || input.type === "InferenceParameter";
  const kind = input.kind[0] ?? "*";
  const isSecret = kind === "secret";
  const setDefault = (text: string) => {
    if (text === "") return void edit([{ op: "remove", path: at("default_value") }]);
    const numbers = kind === "integer" || kind === "float" || kind === "*";
    void edit([{ op: "set", path: at("default_value"), value: valueOf(text, numbers, kind) }]);
  };
  const isTaken = (name: string) => inputs.some((other) => other !== input && other.name === name);
  return (
    <div className={classes.card} role="group" aria-label={`Input ${input.name}`}>
      <div className={classes.row}>
        <LateInput
          label="Name"
          size="xs"
          value={input.name}
          onKeep={(name) => void edit([{ op: "set", path: at("name"), value: name }])}
          wrong={(name) =>
            isTaken(name) ? "Another input has this name." : NAME.test(name) ? null : "Begin with a letter; use letters, digits and _."
          }
        />
        <Tooltip label="Remove this input">
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={`Remove the input ${input.name}`}
            onClick={() => void edit([{ op: "remove", path: ["inputs", input.index] }])}
          >
            <Trash2 size={15} />
          </ActionIcon>
        </Tooltip>
      </div>
      <Group grow gap="xs" align="flex-start">
        <Select
          label="What it is"
          size="xs"
          value={isValue ? kind : input.type}
          data={[
            { group: "Value", items: options(KINDS, isValue ? kind : null) },
            { group: "For vision", items: options(FORMS, isValue ? null : input.type).filter(({ value }) => value !== "WorkflowParameter") },
          ]}
          allowDeselect={false}
          onChange={(next) => next !== null && change(next)}
        />
        {isValue && (
          <LateInput
            label="Unless given"
            size="xs"
            disabled={isSecret}
            value={isSecret || input.default === undefined || input.default === null ? "" : shown(input.default)}
            placeholder={isSecret ? "Never written here" : "It must be given"}
            onKeep={setDefault}
          />
        )}
      </Group>
    </div>
  );

  function change(next: string) {
    if (next in FORMS) {
      void edit([
        { op: "set", path: at("type"), value: next },
        { op: "remove", path: at("kind") },
      ]);
    } else {
      const edits: Parameters<EditFn>[0] = [{ op: "set", path: at("kind"), value: [next] }];
      if (!isValue) edits.unshift({ op: "set", path: at("type"), value: "WorkflowParameter" });
      void edit(edits);
    }
  }
}

function options(known: Record<string, string>, also: string | null) {
  const all = also !== null && !(also in known) ? { ...known, [also]: also } : known;
  return Object.entries(all).map(([value, label]) => ({ value, label }));
}

function shown(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function valueOf(text: string, numbers: boolean, kind: string): unknown {
  if (kind === "list_of_values" || kind === "dictionary") {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  return scalarOf(text, numbers, kind === "boolean" || kind === "*");
}

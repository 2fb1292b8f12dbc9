import { Text } from "@mantine/core";
import { useMemo } from "react";
import type { Block, Draft, EditPath, JsonSchema } from "../types";
import { FormProvider, type FormContext } from "./context";
import { editFor, type EditFn } from "./edits";
import { FaultLines } from "./fields/FieldFrame";
import { FormField } from "./fields/FormField";
import { Fold } from "./Form";
import { InputsEditor } from "./InputsEditor";
import { LateInput } from "./LateInput";
import { OutputsEditor } from "./OutputsEditor";
import { TriggersEditor } from "./TriggersEditor";
import { variablesOf } from "./variables";
import { useVocabulary, type Vocabulary } from "./vocabulary";
import classes from "./panel.module.css";

const DEFAULTS: Record<string, JsonSchema> = {
  from: { type: "string", "x-widget": "sender", "x-tag": "from", title: "From", description: "Our number, for steps that name none." },
  country: { type: "string", title: "Country", description: "Two letters, such as US: how numbers and dates are written there." },
  language: { type: "string", title: "Language", description: "Such as en or es: of texts, dates, voices and answers." },
  timezone: { type: "string", title: "Time zone", description: "Such as America/New_York; for schedules and quiet hours." },
  purpose: { type: "string", title: "Purpose", description: "Why people are written to; quiet hours and consent depend on it." },
  credential: { type: "string", "x-widget": "credential", title: "Credential", description: "The Twilio account that sends." },
};

/** What holds for the whole workflow: shown while no step is chosen. */
export function FlowPanel({
  draft,
  blocks,
  edit,
  selected = null,
}: {
  draft: Draft;
  blocks: readonly Block[];
  edit: EditFn;
  /** `trigger:0` where a trigger is chosen. */
  selected?: string | null;
}) {
  const vocabulary = useVocabulary();
  const { graph, faults } = draft;
  const general = faults.filter((fault) => fault.step === null);
  const form = useMemo(
    () => formAt(draft, blocks, vocabulary, edit, [], {}),
    [draft, blocks, vocabulary, edit],
  );
  const defaults: FormContext = formAt(draft, blocks, vocabulary, edit, ["defaults"], graph.defaults);
  const variables: FormContext = formAt(draft, blocks, vocabulary, edit, [], { variables: graph.variables });
  const put = (key: "name" | "description", text: string) =>
    void edit([text === "" ? { op: "remove", path: [key] } : { op: "set", path: [key], value: text }]);
  return (
    <div className={classes.panel}>
      <div className={classes.head}>
        <h2 className={classes.title}>Workflow</h2>
        <Text size="xs" c="dimmed">
          Choose a step on the canvas to change it. This is what holds for all of them.
        </Text>
      </div>
      <FaultLines faults={general} />
      <LateInput
        label="Name"
        value={graph.name ?? draft.name}
        onKeep={(text) => put("name", text)}
        wrong={(text) => (text === "" ? "A workflow needs a name." : null)}
      />
      <LateInput
        label="Description"
        placeholder="What it does, for whom"
        multiline
        value={graph.description ?? ""}
        onKeep={(text) => put("description", text)}
      />
      <FormProvider value={form}>
        <Fold title={`What starts it ${graph.triggers.length || ""}`} initially>
          <TriggersEditor
            draft={draft}
            selected={selected}
            formAt={(base, root, defs) => formAt(draft, blocks, vocabulary, edit, base, root, defs)}
          />
        </Fold>
        <Fold title={`Inputs ${graph.inputs.length || ""}`} initially={graph.inputs.length > 0}>
          <InputsEditor graph={graph} edit={edit} />
        </Fold>
      </FormProvider>
      <FormProvider value={defaults}>
        <Fold title="Defaults for its steps" initially={Object.keys(graph.defaults).length > 0}>
          {Object.entries(DEFAULTS).map(([key, schema]) => (
            <FormField key={key} schema={key === "purpose" ? withExamples(schema, vocabulary.purposes) : schema} path={[key]} />
          ))}
        </Fold>
      </FormProvider>
      <FormProvider value={variables}>
        <Fold title={`Variables ${Object.keys(graph.variables).length || ""}`} initially={Object.keys(graph.variables).length > 0}>
          <FormField
            schema={{
              type: "object",
              additionalProperties: {},
              title: "Variables",
              description: "What texts read as {{name}} before a step sets it anew.",
            }}
            path={["variables"]}
          />
        </Fold>
      </FormProvider>
      <FormProvider value={form}>
        <Fold title={`Outputs ${graph.outputs.length || ""}`}>
          <OutputsEditor graph={graph} edit={edit} />
        </Fold>
      </FormProvider>
    </div>
  );
}

function withExamples(schema: JsonSchema, examples: string[]): JsonSchema {
  return { ...schema, examples, description: `${schema.description ?? ""} One of ${examples.join(", ")}, or your own word.` };
}

function formAt(
  draft: Draft,
  blocks: readonly Block[],
  vocabulary: Vocabulary,
  edit: EditFn,
  base: EditPath,
  root: unknown,
  defs: Record<string, JsonSchema> = {},
): FormContext {
  const prefix = base.map(String);
  return {
    graph: draft.graph,
    blocks,
    step: null,
    base,
    root,
    defs,
    faults: draft.faults
      .filter((fault) => fault.step === null)
      .map((fault) => ({ ...fault, field: below(fault.field, prefix) })),
    variables: variablesOf(draft.graph, blocks, null, vocabulary.trigger_fields),
    vocabulary,
    edit,
    change: (path, value, burst = false) => {
      const merge = burst ? { merge: [...base, ...path].join(".") } : undefined;
      void edit([editFor(base, root, path, value)], merge);
    },
  };
}

/** A fault's place as it is seen from *base*; none where it stands elsewhere. */
function below(field: string | null, base: readonly string[]): string | null {
  const place = (field ?? "").replace(/\[(\d+)\]/g, ".$1").split(".").filter(Boolean);
  return base.every((key, index) => place[index] === key) ? place.slice(base.length).join(".") : null;
}

import { ActionIcon, Alert, Text, TextInput, Tooltip } from "@mantine/core";
import { Check } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { Block, Draft, Fault, JsonSchema, StepNode } from "../types";
import { FormProvider, placeOf, type FormContext } from "./context";
import { editFor, type EditFn } from "./edits";
import { FaultLines } from "./fields/FieldFrame";
import { FlowSection, OPTION_KEYS } from "./FlowSection";
import { Fold, Form, OtherKeys, spellingIn } from "./Form";
import { MessagePreview } from "./MessagePreview";
import { MessageType } from "./MessageType";
import { variablesOf } from "./variables";
import { useVocabulary } from "./vocabulary";
import classes from "./panel.module.css";

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** Everything about one step: its kind, its fields, and what follows it. */
export function StepPanel({
  draft,
  step,
  block,
  blocks,
  edit,
}: {
  draft: Draft;
  step: StepNode;
  block: Block | undefined;
  blocks: readonly Block[];
  edit: EditFn;
}) {
  const vocabulary = useVocabulary();
  const faults = draft.faults.filter((fault) => fault.step === step.id);
  const schema = block?.schema ?? {};
  const form: FormContext = {
    graph: draft.graph,
    blocks,
    step,
    base: ["steps", step.id],
    root: step.fields,
    defs: schema.$defs ?? {},
    faults,
    variables: variablesOf(draft.graph, blocks, step.id, vocabulary.trigger_fields),
    vocabulary,
    edit,
    change: (path, value, burst = false) => {
      const merge = burst ? { merge: ["steps", step.id, ...path].join(".") } : undefined;
      void edit([editFor(["steps", step.id], step.fields, path, value)], merge);
    },
  };
  const fields = Object.keys(schema.properties ?? {});
  const spelled = new Set(fields.map((key) => spellingIn(step.fields, key)));
  const unknown = Object.keys(step.fields).filter((key) => !spelled.has(key) && !OPTION_KEYS.has(key));
  const own = new Set(fields);
  const without = new Set([...OPTION_KEYS].filter((key) => !(own.has(key) && key !== "type" && key !== "name")));
  return (
    <FormProvider value={form}>
      <div className={classes.panel}>
        <div className={classes.head}>
          <h2 className={classes.title}>{step.service || step.title}</h2>
          {block !== undefined && (
            <Text size="xs" c="dimmed">
              {block.description}
            </Text>
          )}
        </div>
        <MessageType step={step} names={draft.graph.steps.map((one) => one.id)} edit={edit} />
        <StepName step={step} draft={draft} edit={edit} />
        <Unplaced faults={faults} schema={schema} />
        {step.fields.agent_type === "llm" || step.fields.agentType === "llm" ? (
          <Alert color="yellow" variant="light" title="Language models come with the next release">
            Until then an agent asks questions: choose “Questions” below.
          </Alert>
        ) : null}
        {block === undefined ? (
          <Alert color="red" variant="light" title={`There is no block ${step.type}`}>
            It may be of a package that is not installed here. Its fields can be edited as text.
          </Alert>
        ) : (
          <Form key={`${step.id} ${step.type}`} schema={schema} without={without} after={previews(step, schema)} />
        )}
        {unknown.length > 0 && (
          <Fold key={`keys ${step.id} ${step.type}`} title={`Keys this block does not know ${unknown.length}`} initially>
            <OtherKeys keys={unknown} />
          </Fold>
        )}
        <FlowSection key={`flow ${step.id} ${step.type}`} step={step} block={block} />
      </div>
    </FormProvider>
  );
}

/** Previews below the fields that people read or hear. */
function previews(step: StepNode, schema: JsonSchema): Record<string, ReactNode> {
  const type = step.type.split("@")[0] ?? "";
  if (schema.properties?.message === undefined) return {};
  if (type === "twilio/voice_call") return { message: <MessagePreview field="message" channel="voice" /> };
  const channel = type === "twilio/whatsapp" ? "whatsapp" : "sms";
  const placeholders = type.startsWith("roboflow_core/");
  return { message: <MessagePreview field="message" channel={channel} placeholders={placeholders} /> };
}

/** Its name, which other steps know it by: they are changed with it. */
function StepName({ step, draft, edit }: { step: StepNode; draft: Draft; edit: EditFn }) {
  const [typed, setTyped] = useState(step.id);
  const [known, setKnown] = useState(step.id);
  // Not by a key: the field keeps the focus of whoever renamed it by Enter.
  if (known !== step.id) {
    setKnown(step.id);
    setTyped(step.id);
  }
  const name = typed.trim();
  const isTaken = name !== step.id && draft.graph.steps.some((one) => one.id === name);
  const wrong =
    name === ""
      ? "A step needs a name."
      : isTaken
        ? `Another step is called ${name}.`
        : !NAME.test(name)
          ? "Use letters, digits, - and _, beginning with a letter."
          : null;
  const rename = () => {
    if (wrong === null && name !== step.id) void edit([{ op: "rename_step", from: step.id, to: name }]);
  };
  return (
    <TextInput
      label="Name of the step"
      value={typed}
      error={name === step.id ? null : wrong}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => (wrong === null ? rename() : setTyped(step.id))}
      onKeyDown={(event) => {
        if (event.key === "Enter") rename();
        if (event.key === "Escape") setTyped(step.id);
      }}
      rightSection={
        name !== step.id && wrong === null ? (
          <Tooltip label="Rename">
            <ActionIcon variant="subtle" aria-label="Rename the step" onClick={rename}>
              <Check size={15} />
            </ActionIcon>
          </Tooltip>
        ) : null
      }
    />
  );
}

/** Faults that stand at no field of the form, and how many there are in all. */
function Unplaced({ faults, schema }: { faults: readonly Fault[]; schema: JsonSchema }) {
  const known = new Set([...Object.keys(schema.properties ?? {}), ...OPTION_KEYS]);
  const elsewhere = faults.filter((fault) => {
    const [first] = placeOf(fault);
    return first === undefined || !known.has(first) || first === "type" || first === "name";
  });
  const errors = faults.filter((fault) => fault.severity === "error").length;
  return (
    <>
      <span className="rl-only-heard" role="status">
        {errors === 0 ? "" : `${errors} ${errors === 1 ? "error" : "errors"} in this step`}
      </span>
      <FaultLines faults={elsewhere} />
    </>
  );
}

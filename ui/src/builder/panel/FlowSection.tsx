import { MultiSelect, Select, Text } from "@mantine/core";
import type { Block, JsonSchema, StepNode } from "../types";
import { faultsAt, useForm } from "./context";
import { FaultLines } from "./fields/FieldFrame";
import { FormField } from "./fields/FormField";
import { Fold } from "./Form";
import { isRecord, words } from "./shapes";
import classes from "./panel.module.css";

const DURATION: JsonSchema = { type: "string", "x-widget": "duration", examples: ["30s", "5m"] };

/** The keys that any step may have beside its block's fields. */
const OPTIONS: Record<string, JsonSchema> = {
  step_timeout: {
    ...DURATION,
    title: "Time limit of the step",
    description: "After this time the step fails; what waits for people has its own limit.",
  },
  retry: {
    type: "object",
    title: "Try again when it fails",
    description: "For steps that fail with an error, such as a server that does not answer.",
    properties: {
      attempts: { type: "integer", minimum: 1, maximum: 10, default: 3, title: "Attempts" },
      backoff: { ...DURATION, title: "First pause", default: 1 },
      factor: { type: "number", minimum: 1, maximum: 100, default: 2, title: "Each pause longer by" },
      max: { ...DURATION, title: "Longest pause", default: 300 },
    },
  },
  response_mapping: {
    type: "object",
    title: "Outputs as variables",
    description: "Output → name of a variable, which later texts read as {{name}}.",
    additionalProperties: { type: "string" },
  },
  join: {
    enum: ["all", "any"],
    title: "Where several ways meet",
    description: "Begin when all of them are there, or with the first.",
    "x-enum-labels": { all: "Wait for all", any: "Go on with the first" },
  },
  max_visits: {
    type: "integer",
    minimum: 1,
    maximum: 1000,
    default: 10,
    title: "How often it may happen in one run",
    description: "Ends loops that have no other end.",
  },
};

export const OPTION_KEYS = new Set(["type", "name", "next_steps", "outcomes", "on_error", ...Object.keys(OPTIONS)]);

const END = "end";

/** What follows the step: a target for each way it can end, and what happens when it fails. */
export function FlowSection({ step, block }: { step: StepNode; block: Block | undefined }) {
  const { faults } = useForm();
  const own = new Set(Object.keys(block?.schema.properties ?? {}));
  const outcomes = step.outcomes.filter((outcome) => outcome.name !== "");
  const isRoboflow = step.type.startsWith("roboflow_core/");
  const hasOwnWays = own.has("next_steps");
  const wrong = [...OPTION_KEYS].some((key) => key !== "name" && key !== "type" && faultsAt(faults, [key], true).length > 0);
  return (
    <Fold title="What follows" initially={outcomes.length > 0} forced={wrong}>
      {outcomes.length > 0 && !isRoboflow && (
        <div className={classes.fields} role="group" aria-label="Outcomes">
          {outcomes.map((outcome) => (
            <Target
              key={outcome.name}
              label={`When ${outcome.name.replace(/_/g, " ")}`}
              tone={outcome.tone}
              path={["outcomes", outcome.name]}
              placeholder={outcome.tone === "bad" ? "Ends here as a failure" : "As below"}
            />
          ))}
        </div>
      )}
      {!hasOwnWays && (
        <Target
          label={outcomes.length > 0 ? "Otherwise" : "Then"}
          tone="idle"
          path={["next_steps"]}
          placeholder="Nothing more"
        />
      )}
      <Target label="On an error" tone="bad" path={["on_error"]} placeholder="The run fails" takesContinue />
      {Object.entries(OPTIONS)
        .filter(([key]) => !own.has(key))
        .map(([key, schema]) => (
          <FormField key={key} schema={schema} path={[key]} />
        ))}
    </Fold>
  );
}

/** Where it goes on: one step or several, or nowhere. */
function Target({
  label,
  tone,
  path,
  placeholder,
  takesContinue = false,
}: {
  label: string;
  tone: string;
  path: [string, string?];
  placeholder: string;
  takesContinue?: boolean;
}) {
  const { graph, step, root, change, faults } = useForm();
  const keys = path.filter((key) => key !== undefined);
  const held = keys.reduce<unknown>((here, key) => (isRecord(here) ? here[key] : undefined), root);
  const given = (Array.isArray(held) ? held : held === undefined || held === null ? [] : [held]).map(String);
  const isEnd = Array.isArray(held) && held.length === 0;
  const steps = graph.steps.filter((one) => one.id !== step?.id || given.includes(`$steps.${one.id}`));
  const data = [
    ...steps.map((one) => ({ value: `$steps.${one.id}`, label: one.id })),
    ...(takesContinue
      ? [
          { value: "fail", label: "The run fails" },
          { value: "continue", label: "Go on as if it had worked" },
        ]
      : [{ value: END, label: "End this way" }]),
  ];
  for (const one of given) {
    if (!data.some((known) => known.value === one)) data.push({ value: one, label: `${one.replace("$steps.", "")} (missing)` });
  }
  const select = {
    "aria-label": label,
    size: "xs" as const,
    data,
    searchable: true,
    clearable: true,
    clearButtonProps: { "aria-label": `Clear: ${label}` },
    placeholder,
    nothingFoundMessage: "No step of this name",
  };
  return (
    <div data-field={keys.join(".")}>
      <div className={classes.outcome}>
        <span className={classes.outcomeName}>
          <span className={classes.dot} data-tone={tone} aria-hidden />
          {words(label)}
        </span>
        {given.length > 1 ? (
          <MultiSelect
            {...select}
            value={given}
            onChange={(next) => change(keys, next.length === 0 ? undefined : next.length === 1 ? next[0] : next)}
          />
        ) : (
          <Select
            {...select}
            value={isEnd ? END : (given[0] ?? null)}
            onChange={(next) => change(keys, next === null ? undefined : targetOf(next, held))}
          />
        )}
      </div>
      <FaultLines faults={faultsAt(faults, keys, true)} />
      {given.length > 1 && (
        <Text size="xs" c="dimmed">
          Several steps begin side by side.
        </Text>
      )}
    </div>
  );
}

/** As it was written before, so that a list stays a list. */
function targetOf(next: string, held: unknown): unknown {
  return Array.isArray(held) && next.startsWith("$") ? [next] : next;
}

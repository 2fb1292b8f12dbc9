import { Select } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { EditPath, JsonSchema } from "../../types";
import { useForm } from "../context";
import { FormField } from "../fields/FormField";
import { Fold } from "../Form";
import { LateInput } from "../LateInput";
import { ChoicesEditor } from "./ChoicesEditor";
import { ConditionsEditor } from "./ConditionsEditor";
import classes from "./QuestionForm.module.css";
import { idOf, renamed, spelled, TYPES, typeOf, valueOf } from "./spelling";

const TEXT: JsonSchema = { type: "string", "x-widget": "template" };

const QUESTION: JsonSchema = { ...TEXT, title: "Question", description: "What the person is asked, word for word." };

const BOUNDS: Record<string, JsonSchema> = {
  minimum: { type: "number", title: "Lowest" },
  maximum: { type: "number", title: "Highest" },
  integer: { type: "boolean", default: false, title: "Whole numbers only", description: "“Two and a half” is asked again." },
  scale: {
    enum: ["none"],
    title: "Scale in the words",
    description: "“On a scale of 1 to 10” in the question bounds its answers, unless it is switched off here.",
    "x-enum-labels": { none: "Do not take it as bounds" },
  },
};

const OF_TYPE: Record<string, Record<string, JsonSchema>> = {
  number: BOUNDS,
  digits: { length: { type: "integer", minimum: 1, title: "How many digits" } },
  phone: { country: { type: "string", title: "Country", description: "Two letters, for numbers without a country code." } },
  date: { country: { type: "string", title: "Country", description: "Two letters: whether 3/4 is in March or in April." } },
  yes_no: {
    allow_unsure: { type: "boolean", default: false, title: "“I do not know” counts", description: "It is an answer to this question." },
  },
};

const ASKING: Record<string, JsonSchema> = {
  retries: { type: "integer", minimum: 0, maximum: 10, default: 3, title: "Asked again at most", description: "After the first time." },
  optional: { type: "boolean", default: false, title: "May be skipped", description: "The person can say “skip” or press #." },
  confirm: {
    enum: ["auto", "always", "never"],
    default: "auto",
    title: "Read back and confirmed",
    "x-enum-labels": { auto: "When it is not sure", always: "Always", never: "Never" },
  },
  on_exhausted: {
    enum: ["next", "skip", "default", "transfer", "end"],
    default: "next",
    title: "When no answer comes",
    "x-enum-labels": {
      next: "Go on with the next question",
      skip: "Skip it",
      default: "Take a default answer",
      transfer: "Hand over to a person",
      end: "End the call",
    },
  },
  default: { title: "Default answer", anyOf: [{ type: "string" }, { type: "number" }, { type: "boolean" }] },
};

const LISTENING: Record<string, JsonSchema> = {
  timeout: { type: "number", minimum: 1, default: 5, title: "Silence, in seconds", description: "How long is waited for the first word." },
  sensitive: {
    type: "boolean",
    default: false,
    title: "Sensitive",
    description: "Kept encrypted, shown by its last characters, and not recorded.",
  },
  keypad: { type: "boolean", default: true, title: "Keys count", description: "It can be answered on the keypad too." },
  keys_only: { type: "boolean", default: false, title: "Keys only", description: "Nothing that is said counts." },
  help: { ...TEXT, title: "When somebody asks for help" },
  prompts: { type: "array", items: { type: "string" }, title: "Other words for asking again" },
  hints: { type: "array", items: { type: "string" }, title: "Words to expect", description: "They help the recogniser." },
  language: { type: "string", title: "Language of the answer" },
  translations: { type: "object", additionalProperties: { type: "string" }, title: "The question in other languages" },
  max_visits: { type: "integer", minimum: 1, default: 3, title: "Asked in one call at most" },
  media: { type: "string", title: "Recording", description: "Address of a sound that is played in place of the words." },
};

/** Everything about one question. */
export function QuestionForm({
  path,
  question,
  questions,
  onQuestions,
  index,
}: {
  path: EditPath;
  question: unknown;
  questions: readonly unknown[];
  onQuestions: (next: readonly unknown[]) => void;
  index: number;
}) {
  const { change } = useForm();
  const words = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const input = words.current?.querySelector("textarea");
    if (!input || input.value !== "") return;
    // A dialog that opens gives the focus to what is marked so, once it is there.
    input.dataset.autofocus = "true";
    input.focus();
  }, []);
  const id = valueOf(question, "id");
  const type = typeOf(question);
  const at = (key: string): EditPath => [...path, spelled(question, key)];
  const others = questions.map((one, place) => idOf(one, place)).filter((one) => one !== id);
  const fields = (known: Record<string, JsonSchema>) =>
    Object.entries(known).map(([key, schema]) => <FormField key={key} schema={schema} path={at(key)} />);
  const next = valueOf(question, "next");
  return (
    <div className={classes.questionForm}>
      <div className={classes.pair}>
        <LateInput
          label="Name of the answer"
          description="Later texts read it as {{name}}."
          value={typeof id === "string" ? id : ""}
          onKeep={(to) =>
            typeof id === "string" && id !== "" ? onQuestions(renamed(questions, id, to)) : change(at("id"), to)
          }
          wrong={(to) =>
            others.includes(to)
              ? "Another question has this name."
              : /^[A-Za-z_][A-Za-z0-9_-]*$/.test(to)
                ? null
                : "Use letters, digits and _, beginning with a letter."
          }
        />
        <Select
          label="Kind of answer"
          description="How what is said is understood."
          data={Object.entries(TYPES).map(([value, label]) => ({ value, label }))}
          value={type in TYPES ? type : null}
          allowDeselect={false}
          onChange={(to) => to !== null && change(at("type"), to)}
        />
      </div>
      <div ref={words}>
        <FormField schema={QUESTION} path={at("question")} required />
      </div>
      {type === "multiple_choice" && <ChoicesEditor path={at("choices")} />}
      {OF_TYPE[type] !== undefined && <div className={classes.pair}>{fields(OF_TYPE[type])}</div>}
      <ConditionsEditor path={at("actions")} question={question} questions={questions} index={index} />
      <Select
        label="Otherwise go on with"
        data={[
          { value: "", label: "The next question" },
          ...others.map((one) => ({ value: one, label: one })),
          { value: "end", label: "The end of the interview" },
        ]}
        value={typeof next === "string" ? next : ""}
        allowDeselect={false}
        onChange={(to) => change(at("next"), to === "" || to === null ? undefined : to)}
      />
      <Fold title="When the answer is missing or unclear">
        <div className={classes.pair}>{fields(ASKING)}</div>
      </Fold>
      <Fold title="Listening and speaking">
        <div className={classes.pair}>{fields(LISTENING)}</div>
      </Fold>
    </div>
  );
}

import { ActionIcon, Tooltip } from "@mantine/core";
import { Link2, PencilLine } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { EditPath, Fault, JsonSchema } from "../../types";
import { faultsAt, useForm } from "../context";
import { valueAt } from "../edits";
import { read, resolve, type Field } from "../shapes";
import { ofKinds } from "../variables";
import { LevelsField } from "./LevelsField";
import { MenuField } from "./MenuField";
import { ListField, MapField, ObjectField, UnionField } from "./NestedFields";
import { CredentialField, PhoneField, SecretField, SelectorField, SenderField, StepField } from "./NamedFields";
import {
  BooleanField,
  ChoiceField,
  DurationField,
  JsonField,
  NumberField,
  SeveralField,
  TextField,
  WordsField,
} from "./PlainFields";
import { AnyField, isLongText, TemplateField, TextsField } from "./TemplateFields";
import { ChoicesEditor } from "../questions/ChoicesEditor";
import { QuestionsField } from "../questions/QuestionsField";

export interface FieldProps {
  field: Field;
  path: EditPath;
  value: unknown;
  /** Put another value there; undefined takes it away. Typing is a burst. */
  set: (value: unknown, burst?: boolean) => void;
  required: boolean;
  faults: readonly Fault[];
  action?: ReactNode;
}

/** The input for one field of a schema, whatever its shape. What is not known is edited as JSON. */
export function FormField({
  schema,
  path,
  required = false,
  inherited,
  label,
  bare = false,
}: {
  schema: JsonSchema;
  path: EditPath;
  required?: boolean;
  inherited?: JsonSchema;
  label?: string;
  /** Whether its name is only heard. */
  bare?: boolean;
}) {
  const form = useForm();
  const [wantsSelector, setWantsSelector] = useState(false);
  const found = read(schema, form.defs, String(path.at(-1) ?? ""), inherited);
  const field = { ...found, isBare: bare, ...(label === undefined ? {} : { label }) };
  const value = valueAt(form.root, path);
  const isSelector = typeof value === "string" && value.startsWith("$");
  const isOwnEditor = field.widget === "levels" || field.widget === "menu" || field.widget === "question_flow";
  const holdsOthers = !isOwnEditor && ["list", "map", "object", "union"].includes(field.shape.kind) && !isSelector;
  const props: FieldProps = {
    field,
    path,
    value,
    set: (next, burst) => form.change(path, next, burst),
    required,
    faults: faultsAt(form.faults, path, !holdsOthers),
  };

  // By this a fault that was clicked elsewhere finds its input.
  const placed = (input: ReactNode) => <div data-field={path.join(".")}>{input}</div>;
  if (field.widget === "secret") return placed(<SecretField {...props} />);
  if (field.selectorOnly) return placed(<SelectorField {...props} />);
  // Texts take selectors as they are typed; other inputs have no way to hold one.
  const canSelect = field.kinds !== null && !isTextual(field) && field.widget !== "question_flow" && ofKinds(form.variables, field.kinds).length > 0;
  if ((isSelector && field.kinds !== null && !isTextual(field)) || (wantsSelector && canSelect)) {
    const back = () => {
      setWantsSelector(false);
      if (isSelector) form.change(path, undefined);
    };
    const write = <Toggle label={`Write ${field.label} here`} onClick={back} isBack />;
    return placed(<SelectorField {...props} action={write} />);
  }
  const action = canSelect ? (
    <Toggle label={`Take ${field.label} from a step or an input`} onClick={() => setWantsSelector(true)} />
  ) : undefined;
  return placed(<Editor {...props} action={action} />);
}

function Toggle({ label, onClick, isBack = false }: { label: string; onClick: () => void; isBack?: boolean }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}>
        {isBack ? <PencilLine size={14} /> : <Link2 size={14} />}
      </ActionIcon>
    </Tooltip>
  );
}

function isTextual(field: Field): boolean {
  return (
    ["text", "scalar", "texts", "any"].includes(field.shape.kind) ||
    (field.shape.kind === "one_or_more" && field.widget !== "step")
  );
}

function Editor(props: FieldProps) {
  const { field } = props;
  const { shape } = field;
  switch (field.widget) {
    case "question_flow":
      return <QuestionsField {...props} />;
    case "credential":
      return <CredentialField {...props} />;
    case "sender":
      return <SenderField {...props} />;
    case "phone":
      return <PhoneField {...props} />;
    case "step":
      if (shape.kind !== "map") return <StepField {...props} />;
      break;
    case "duration":
      if (shape.kind === "text") return <DurationField {...props} />;
      break;
    case "json":
      return <JsonField {...props} />;
    case "levels":
      return <LevelsField {...props} />;
    case "menu":
      return <MenuField {...props} />;
  }
  switch (shape.kind) {
    case "text":
      return field.isTemplate ? <TemplateField {...props} /> : <TextField {...props} />;
    case "texts":
      return <TextsField {...props} />;
    case "scalar":
    case "any":
      return <AnyField {...props} />;
    case "number":
      return <NumberField {...props} />;
    case "boolean":
      return <BooleanField {...props} />;
    case "choice":
      return <ChoiceField {...props} />;
    case "one_or_more":
      return field.isTemplate && isLongText(props.path) && !Array.isArray(props.value) ? (
        <TemplateField {...props} />
      ) : (
        <WordsField {...props} />
      );
    case "list":
      return <ListOrWords {...props} />;
    case "map":
      return <MapField {...props} />;
    case "object":
      return <ObjectField {...props} />;
    case "union":
      return <UnionField {...props} />;
    case "json":
      return <JsonField {...props} />;
  }
}

function ListOrWords(props: FieldProps) {
  const { defs } = useForm();
  if (props.field.shape.kind !== "list") return null;
  const item = resolve(props.field.shape.item, defs);
  if (item.enum !== undefined) return <SeveralField {...props} options={item.enum} />;
  const { shape } = read(item, defs);
  if (shape.kind === "text" || shape.kind === "scalar" || shape.kind === "number") {
    return <WordsField {...props} numbers={shape.kind !== "text"} />;
  }
  if (shape.kind === "union" && shape.arms.some(({ schema }) => schema.title === "Choice")) {
    return <ChoicesEditor path={props.path} />;
  }
  return <ListField {...props} />;
}

import { Autocomplete, Button, MultiSelect, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ask } from "../../../api/client";
import { useForm } from "../context";
import { ofKinds, stepsBefore } from "../variables";
import type { FieldProps } from "./FormField";
import { FieldFrame } from "./FieldFrame";
import { textOf } from "./PlainFields";
import { TemplateInput } from "./TemplateInput";

interface KnownNumber {
  sentence: string;
}

/** Somebody's number: how it reads, and where it is. */
export function PhoneField({ field, value, set, required, faults, action }: FieldProps) {
  const text = textOf(value);
  const isNumber = /^\+?[\d\s().-]{6,}$/.test(text);
  const { data } = useQuery({
    queryKey: ["phone-number", text],
    queryFn: () => ask<KnownNumber>(`/api/v1/previews/number?number=${encodeURIComponent(text)}`),
    enabled: isNumber,
    staleTime: Infinity,
  });
  return (
    <FieldFrame
      field={field}
      required={required}
      faults={faults}
      action={action}
      note={isNumber ? data?.sentence : undefined}
    >
      {(described) => (
        <TemplateInput
          label={field.label}
          described={described}
          value={text}
          placeholder="+14155550123 or {{phone}}"
          onChange={(next) => set(next === "" ? undefined : next, true)}
        />
      )}
    </FieldFrame>
  );
}

interface Credential {
  name: string;
  default_from: string | null;
}

interface Sender {
  sender: string;
  channel: string;
}

function useCredentials(): Credential[] {
  const { data } = useQuery({
    queryKey: ["credentials", "list"],
    queryFn: () => ask<Credential[]>("/api/v1/credentials"),
    retry: false,
  });
  return data ?? [];
}

/** Our own number: those that are known, or any other. */
export function SenderField({ field, value, set, required, faults }: FieldProps) {
  const { graph } = useForm();
  const credentials = useCredentials();
  const { data: senders } = useQuery({
    queryKey: ["senders", "list"],
    queryFn: () => ask<Sender[]>("/api/v1/senders"),
    retry: false,
  });
  const numbers = new Set([
    ...credentials.flatMap((one) => (one.default_from === null ? [] : [one.default_from])),
    ...(Array.isArray(senders) ? senders.map((one) => one.sender) : []),
  ]);
  const usual =
    typeof graph.defaults.from === "string" ? graph.defaults.from : credentials.find((one) => one.default_from)?.default_from;
  const inputs = graph.inputs.filter((input) => /from|sender/i.test(input.name)).map((input) => `{{${input.name}}}`);
  return (
    <FieldFrame field={field} required={required} faults={faults}>
      {(described) => (
        <Autocomplete
          {...described}
          value={textOf(value)}
          data={[...numbers, ...inputs]}
          placeholder={usual ? `${usual}, unless another is named` : "+14155550100"}
          onChange={(next) => set(next === "" ? undefined : next, true)}
          clearable
          clearButtonProps={{ "aria-label": `Clear ${field.label}` }}
        />
      )}
    </FieldFrame>
  );
}

export function CredentialField({ field, value, set, required, faults }: FieldProps) {
  const known = useCredentials().map((one) => one.name);
  const given = textOf(value);
  const names = given !== "" && !known.includes(given) ? [...known, given] : known;
  return (
    <FieldFrame field={field} required={required} faults={faults}>
      {(described) => (
        <Select
          {...described}
          data={names}
          value={given || null}
          placeholder="The default one"
          nothingFoundMessage="There is no credential yet; see Settings."
          clearable
          clearButtonProps={{ "aria-label": `Clear ${field.label}` }}
          onChange={(next) => set(next ?? undefined)}
        />
      )}
    </FieldFrame>
  );
}

/** Where a value comes from, of the kinds the field takes. */
export function SelectorField({ field, value, set, required, faults, action }: FieldProps) {
  const { variables } = useForm();
  const given = textOf(value);
  const found = ofKinds(variables, field.kinds ?? ["*"]);
  const groups = [...new Set(found.map((one) => one.group))].map((group) => ({
    group,
    items: found
      .filter((one) => one.group === group)
      .map((one) => ({ value: one.selector ?? "", label: one.name.replace(/^steps\./, "") })),
  }));
  const isKnown = found.some((one) => one.selector === given);
  const data = given !== "" && !isKnown ? [...groups, { group: "As written", items: [{ value: given, label: given }] }] : groups;
  return (
    <FieldFrame field={field} required={required} faults={faults} action={action}>
      {(described) => (
        <Select
          {...described}
          data={data}
          value={given === "" ? null : given}
          searchable
          placeholder={data.length === 0 ? "No step before gives such a value" : "Choose where it comes from"}
          nothingFoundMessage="Nothing of this name"
          clearable={!required}
          clearButtonProps={{ "aria-label": `Clear ${field.label}` }}
          onChange={(next) => set(next ?? undefined)}
        />
      )}
    </FieldFrame>
  );
}

/** A secret is never written into a workflow: it comes with the run, or from the server's environment. */
export function SecretField(props: FieldProps) {
  const { field, path, value } = props;
  const { graph, edit, change } = useForm();
  const name = String(path.at(-1) ?? "secret");
  const isWritten = typeof value === "string" && value !== "" && !value.startsWith("$") && !value.includes("{{");
  const addInput = () => {
    const taken = new Set(graph.inputs.map((input) => input.name));
    const free = taken.has(name) ? `${name}_${graph.inputs.length + 1}` : name;
    const input = { type: "WorkflowParameter", name: free, kind: ["secret"] };
    if (!taken.has(free)) void edit([{ op: "set", path: ["inputs", graph.inputs.length], value: input }]);
    change(path, `$inputs.${free}`);
  };
  return (
    <div>
      <SelectorField {...props} field={{ ...field, kinds: field.kinds ?? ["secret", "string"] }} />
      <Text size="xs" mt={4} c={isWritten ? "var(--rl-bad)" : "dimmed"}>
        {isWritten
          ? "A secret stands in the workflow itself, where everybody who may read it sees it. Take it from an input instead."
          : "Secrets are never written here. They come as an input of kind secret, or from the environment by a step “Environment secrets store”."}
      </Text>
      {(value === undefined || isWritten) && (
        <Button size="compact-xs" variant="default" mt={4} onClick={addInput}>
          Take it from a new secret input
        </Button>
      )}
    </div>
  );
}

/** Steps by name, written as `$steps.name`. */
export function StepField({ field, value, set, required, faults }: FieldProps) {
  const { graph, step } = useForm();
  const others = graph.steps.filter((one) => one.id !== step?.id);
  const offered = field.isTarget || step === null ? others : stepsBefore(graph, step.id);
  const data = offered.map((one) => ({ value: `$steps.${one.id}`, label: one.id }));
  const given = (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).map(String);
  for (const one of given) {
    if (!data.some((known) => known.value === one)) data.push({ value: one, label: one.replace("$steps.", "") });
  }
  const isList = field.shape.kind === "list";
  const isSeveral = isList || field.shape.kind === "one_or_more";
  return (
    <FieldFrame field={field} required={required} faults={faults}>
      {(described) =>
        isSeveral ? (
          <MultiSelect
            {...described}
            data={data}
            value={given}
            searchable
            clearable
            clearButtonProps={{ "aria-label": `Clear ${field.label}` }}
            placeholder={given.length > 0 ? undefined : field.isTarget ? "Choose steps" : "The nearest one before"}
            onChange={(next) =>
              set(next.length === 0 ? undefined : next.length === 1 && !isList && !Array.isArray(value) ? next[0] : next)
            }
          />
        ) : (
          <Select
            {...described}
            data={data}
            value={given[0] ?? null}
            searchable
            clearable
            clearButtonProps={{ "aria-label": `Clear ${field.label}` }}
            placeholder="Choose a step"
            onChange={(next) => set(next ?? undefined)}
          />
        )
      }
    </FieldFrame>
  );
}

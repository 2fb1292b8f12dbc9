import { ActionIcon, Group, Select, Text, Tooltip } from "@mantine/core";
import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Draft, EditPath, JsonSchema, TriggerNode } from "../types";
import { FormProvider, useForm, type FormContext } from "./context";
import { moved } from "./edits";
import { Prose } from "./fields/FieldFrame";
import { FormField } from "./fields/FormField";
import { Fold, Form } from "./Form";
import classes from "./panel.module.css";

const NEW: Record<string, Record<string, unknown>> = {
  api: {},
  schedule: { cron: "0 9 * * *" },
  inbound_message: { keyword: "START" },
  inbound_call: {},
  message_status: { status: "undelivered" },
  webhook: { path: "new" },
};

const HINTS: Record<string, Record<string, JsonSchema>> = {
  schedule: { every: { "x-widget": "duration" } },
  webhook: { repeat_after: { "x-widget": "duration" } },
};

const FIRST: Record<string, string[]> = {
  schedule: ["cron", "at", "every", "timezone"],
  inbound_message: ["keyword", "match", "from", "to", "channel"],
  inbound_call: ["from", "to"],
  message_status: ["status", "workflow"],
  webhook: ["path", "method", "auth", "secret"],
};

const WITHOUT = new Set(["type", "inputs", "keywords"]);

type FormAt = (base: EditPath, root: unknown, defs?: Record<string, JsonSchema>) => FormContext;

/** What starts runs by itself. Besides, a workflow can always be run by hand or by the API. */
export function TriggersEditor({
  draft,
  formAt,
  selected,
}: {
  draft: Draft;
  formAt: FormAt;
  selected: string | null;
}) {
  const { vocabulary, edit } = useForm();
  const { triggers } = draft.graph;
  const add = (type: string) =>
    void edit([{ op: "set", path: ["triggers", triggers.length], value: { type, ...NEW[type] } }]);
  const reorder = (from: number, to: number) =>
    void edit([{ op: "set", path: ["triggers"], value: moved(triggers, from, to).map((one) => ({ ...one.fields, type: one.type })) }]);
  return (
    <>
      {triggers.length === 0 && (
        <Text size="xs" c="dimmed">
          Nothing starts it by itself. It can be run here, by the API, by a broadcast or by another workflow.
        </Text>
      )}
      {triggers.map((trigger) => (
        <TriggerCard
          key={trigger.index}
          trigger={trigger}
          draft={draft}
          formAt={formAt}
          isSelected={trigger.id === selected}
          onMove={triggers.length > 1 ? (by) => reorder(trigger.index, trigger.index + by) : null}
          isFirst={trigger.index === 0}
          isLast={trigger.index === triggers.length - 1}
        />
      ))}
      <Select
        aria-label="Add a trigger"
        placeholder="Add what starts it"
        size="xs"
        value={null}
        data={vocabulary.triggers.map(({ type, title }) => ({ value: type, label: title }))}
        onChange={(type) => type !== null && add(type)}
      />
    </>
  );
}

function TriggerCard({
  trigger,
  draft,
  formAt,
  isSelected,
  onMove,
  isFirst,
  isLast,
}: {
  trigger: TriggerNode;
  draft: Draft;
  formAt: FormAt;
  isSelected: boolean;
  onMove: ((by: number) => void) | null;
  isFirst: boolean;
  isLast: boolean;
}) {
  const { vocabulary, edit } = useForm();
  const kind = vocabulary.triggers.find(({ type }) => type === trigger.type);
  const schema = hinted(kind?.schema ?? {}, trigger.type);
  const { inputs } = draft.graph;
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isSelected) card.current?.scrollIntoView({ block: "nearest" });
  }, [isSelected]);
  return (
    <FormProvider value={formAt(["triggers", trigger.index], trigger.fields, schema.$defs ?? {})}>
      <div
        ref={card}
        className={classes.card}
        data-selected={isSelected || undefined}
        role="group"
        aria-label={`Trigger ${trigger.index + 1}`}
      >
        <Group justify="space-between" wrap="nowrap">
          <div>
            <Text size="sm" fw={600}>
              {kind?.title ?? trigger.type}
            </Text>
            <Text size="xs" c="dimmed">
              <Prose text={kind?.description ?? ""} />
            </Text>
          </div>
          <Group gap={0} wrap="nowrap">
            {onMove !== null && (
              <>
                <ActionIcon variant="subtle" color="gray" aria-label="Move up" disabled={isFirst} onClick={() => onMove(-1)}>
                  <ArrowUp size={14} />
                </ActionIcon>
                <ActionIcon variant="subtle" color="gray" aria-label="Move down" disabled={isLast} onClick={() => onMove(1)}>
                  <ArrowDown size={14} />
                </ActionIcon>
              </>
            )}
            <Tooltip label="Remove this trigger">
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Remove the trigger ${trigger.title}`}
                onClick={() => void edit([{ op: "remove", path: ["triggers", trigger.index] }])}
              >
                <Trash2 size={15} />
              </ActionIcon>
            </Tooltip>
          </Group>
        </Group>
        {trigger.type === "webhook" && <HookAddress draft={draft} trigger={trigger} />}
        <Form key={trigger.type} schema={schema} without={WITHOUT} />
        {inputs.length > 0 && (
          <Fold title="What it gives the inputs" initially={trigger.fields.inputs !== undefined}>
            {inputs.map((input) => (
              <FormField
                key={input.name}
                schema={{ "x-widget": "template", description: offer(vocabulary.trigger_fields[trigger.type] ?? []) }}
                path={["inputs", input.name]}
                label={input.name}
              />
            ))}
          </Fold>
        )}
      </div>
    </FormProvider>
  );
}

function offer(fields: readonly string[]): string {
  const first = ["from", "body", "rest", "scheduled_at", "to"].filter((field) => fields.includes(field));
  const told = [...first, ...fields.filter((field) => field === "status" || field === "query")].slice(0, 3);
  return told.length === 0 ? "" : `Such as ${told.map((field) => `{{trigger.${field}}}`).join(", ")}.`;
}

function HookAddress({ draft, trigger }: { draft: Draft; trigger: TriggerNode }) {
  const name = draft.graph.name ?? draft.name;
  return (
    <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
      Its address: <code>{`/hooks/${encodeURIComponent(name)}/${String(trigger.fields.path ?? "…")}`}</code>
    </Text>
  );
}

/** The schema that the server gives, with the order of the form and what is more than text. */
function hinted(schema: JsonSchema, type: string): JsonSchema {
  const hints = HINTS[type] ?? {};
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([key, one]) => [key, { ...one, ...hints[key] }]),
  );
  return { ...schema, properties, "x-order": FIRST[type] ?? [] };
}

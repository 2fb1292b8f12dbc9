import { ActionIcon, Button, Group, Select, TextInput, Tooltip } from "@mantine/core";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import type { EditPath } from "../../types";
import { faultsAt, useForm } from "../context";
import { moved } from "../edits";
import { FaultLines } from "../fields/FieldFrame";
import { TemplateInput } from "../fields/TemplateInput";
import { isRecord } from "../shapes";
import classes from "./ConditionsEditor.module.css";
import { idOf, OPERATORS, spelled, valueOf } from "./spelling";

/** Where answers lead: conditions from top to bottom, the first that holds. */
export function ConditionsEditor({
  path,
  question,
  questions,
  index,
}: {
  path: EditPath;
  question: unknown;
  questions: readonly unknown[];
  index: number;
}) {
  const { change, faults } = useForm();
  const held = valueOf(question, "actions");
  const actions = Array.isArray(held) ? held.filter(isRecord) : [];
  const own = idOf(question, index);
  const ids = questions.map((one, place) => idOf(one, place));
  const others = ids.filter((id) => id !== own);
  const put = (next: unknown[]) => change(path, next.length === 0 ? undefined : next);
  const set = (at: number, keys: string[], value: unknown, burst = false) => change([...path, at, ...keys], value, burst);
  const add = () => {
    const next = others[0];
    put([
      ...actions,
      { condition: { operator: "equals", value: "" }, action: "continue_flow", ...(next === undefined ? {} : { next }) },
    ]);
  };
  return (
    <div role="group" aria-label="Where answers lead" data-field={path.join(".")}>
      <div className={classes.label}>Where answers lead</div>
      {actions.map((action, at) => {
        const condition = isRecord(action.condition) ? action.condition : {};
        const operator = String(condition.operator ?? "equals");
        const target = targetOf(action);
        const message = spelled(action, "message");
        return (
          <div key={at} className={classes.condition} role="group" aria-label={`Condition ${at + 1}`}>
            <div className={classes.sentence}>
              <span>If</span>
              <Select
                size="xs"
                aria-label="Which answer"
                data={ids.map((id) => ({ value: id, label: id === own ? "the answer" : `the answer to ${id}` }))}
                value={typeof condition.field === "string" ? condition.field : own}
                allowDeselect={false}
                onChange={(id) => set(at, ["condition", "field"], id === own || id === null ? undefined : id)}
              />
              <Select
                size="xs"
                aria-label="How it is compared"
                data={Object.entries(OPERATORS).map(([value, label]) => ({ value, label }))}
                value={operator}
                allowDeselect={false}
                onChange={(to) => {
                  if (to === "any_other") {
                    const { value: _value, ...rest } = condition;
                    set(at, ["condition"], { ...rest, operator: to });
                  } else if (to !== null) set(at, ["condition", "operator"], to);
                }}
              />
              {operator !== "any_other" && (
                <TextInput
                  size="xs"
                  aria-label="Compared with"
                  placeholder="yes, or several with commas"
                  value={shown(condition.value)}
                  onChange={(event) => set(at, ["condition", "value"], event.currentTarget.value, true)}
                />
              )}
            </div>
            <div className={classes.sentence}>
              <span>then</span>
              <Select
                size="xs"
                aria-label="What happens then"
                data={[
                  { group: "Go on with", items: [{ value: ">", label: "The next question" }, ...others.map((id) => ({ value: `>${id}`, label: id })), { value: ">end", label: "The end of the interview" }] },
                  { group: "Or", items: [{ value: "end_call", label: "End the call" }, { value: "transfer", label: "Hand over to a person" }] },
                ]}
                value={target}
                allowDeselect={false}
                onChange={(to) => to !== null && put(actions.map((one, other) => (other === at ? led(one, to) : one)))}
              />
              <Group gap={0} wrap="nowrap">
                <Act label="Move up" disabled={at === 0} onClick={() => put(moved(actions, at, at - 1))}>
                  <ArrowUp size={14} />
                </Act>
                <Act label="Move down" disabled={at === actions.length - 1} onClick={() => put(moved(actions, at, at + 1))}>
                  <ArrowDown size={14} />
                </Act>
                <Act label={`Remove condition ${at + 1}`} onClick={() => put(actions.filter((_, other) => other !== at))}>
                  <Trash2 size={14} />
                </Act>
              </Group>
            </div>
            {(target === "end_call" || target === "transfer" || action[message] !== undefined) && (
              <TemplateInput
                label="What is said then"
                placeholder="What is said first, such as: Thank you, we will call you back."
                value={String(action[message] ?? "")}
                onChange={(text) => set(at, [message], text === "" ? undefined : text, true)}
              />
            )}
            <FaultLines faults={faultsAt(faults, [...path, at], true)} />
          </div>
        );
      })}
      <Button size="compact-sm" variant="default" leftSection={<Plus size={14} />} onClick={add}>
        Add a condition
      </Button>
      <FaultLines faults={faultsAt(faults, path, false)} />
    </div>
  );
}

function targetOf(action: Record<string, unknown>): string {
  if (action.action === "end_call" || action.action === "transfer") return action.action;
  const next = valueOf(action, "next");
  return `>${typeof next === "string" ? next : ""}`;
}

function led(action: Record<string, unknown>, to: string): Record<string, unknown> {
  const key = spelled(action, "next");
  const { [key]: _next, ...rest } = action;
  if (!to.startsWith(">")) return { ...rest, action: to };
  return to === ">" ? { ...rest, action: "continue_flow" } : { ...rest, action: "continue_flow", [key]: to.slice(1) };
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : value === undefined || value === null ? "" : String(value);
}

function Act({
  label,
  disabled,
  onClick,
  children,
}: {
  label: string;
  disabled?: boolean;
  onClick: () => void;
  children: React.ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} disabled={disabled} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

import { ActionIcon, Button, Select, Text, Tooltip } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import type { Graph } from "../types";
import { useForm } from "./context";
import type { EditFn } from "./edits";
import { LateInput } from "./LateInput";
import classes from "./panel.module.css";

/** What a run gives back, each under a name. */
export function OutputsEditor({ graph, edit }: { graph: Graph; edit: EditFn }) {
  const { variables } = useForm();
  const selectors = variables.flatMap((one) => (one.selector === null ? [] : [one.selector]));
  const { outputs } = graph;
  const add = () => {
    const names = new Set(outputs.map((output) => output.name));
    let name = "result";
    for (let number = 2; names.has(name); number++) name = `result_${number}`;
    const selector = selectors.findLast((one) => one.startsWith("$steps.")) ?? selectors[0] ?? "$inputs.phone";
    void edit([{ op: "set", path: ["outputs", outputs.length], value: { type: "JsonField", name, selector } }]);
  };
  return (
    <>
      {outputs.length === 0 && (
        <Text size="xs" c="dimmed">
          A run gives nothing back. Add what other systems or other workflows read of it.
        </Text>
      )}
      {outputs.map((output, index) => (
        <div key={index} className={classes.card} role="group" aria-label={`Output ${output.name}`}>
          <div className={classes.row}>
            <LateInput
              label="Name"
              size="xs"
              value={output.name}
              onKeep={(name) => void edit([{ op: "set", path: ["outputs", index, "name"], value: name }])}
              wrong={(name) => (name === "" ? "An output needs a name." : null)}
            />
            <Tooltip label="Remove this output">
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={`Remove the output ${output.name}`}
                onClick={() => void edit([{ op: "remove", path: ["outputs", index] }])}
              >
                <Trash2 size={15} />
              </ActionIcon>
            </Tooltip>
          </div>
          <Select
            label="Where it comes from"
            size="xs"
            searchable
            value={output.selector}
            data={[...new Set([...selectors, output.selector])].map((one) => ({
              value: one,
              label: one.replace(/^\$(steps|inputs)\./, ""),
            }))}
            allowDeselect={false}
            onChange={(next) => next !== null && void edit([{ op: "set", path: ["outputs", index, "selector"], value: next }])}
          />
        </div>
      ))}
      <Button size="compact-sm" variant="default" leftSection={<Plus size={14} />} onClick={add} style={{ alignSelf: "flex-start" }}>
        Add an output
      </Button>
    </>
  );
}

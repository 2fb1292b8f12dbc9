import { ActionIcon, Button, TagsInput, TextInput, Tooltip } from "@mantine/core";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import type { EditPath } from "../../types";
import { faultsAt, useForm } from "../context";
import { moved, valueAt } from "../edits";
import { FaultLines } from "../fields/FieldFrame";
import { isRecord } from "../shapes";
import classes from "./ChoicesEditor.module.css";

interface Choice {
  label: string;
  synonyms: string[];
}

/** What there is to choose from, and other words for it. A choice that is nothing but its words stays a text. */
export function ChoicesEditor({ path }: { path: EditPath }) {
  const { root, change, faults } = useForm();
  const held = valueAt(root, path);
  const given = Array.isArray(held) ? (held as unknown[]) : [];
  const put = (next: unknown[]) => change(path, next.length === 0 ? undefined : next, true);
  const set = (at: number, one: Choice) => put(given.map((other, index) => (index === at ? written(other, one) : other)));
  return (
    <div role="group" aria-label="Choices" data-field={path.join(".")}>
      <div className={classes.label}>Choices</div>
      <div className={classes.choices}>
        {given.map((one, index) => {
          const choice = read(one);
          return (
            <div key={index} className={classes.choice}>
              <span className={classes.key} title={`Key ${index + 1} on the keypad`}>
                {index + 1}
              </span>
              <TextInput
                size="xs"
                aria-label={`Choice ${index + 1}`}
                placeholder="Billing"
                value={choice.label}
                onChange={(event) => set(index, { ...choice, label: event.currentTarget.value })}
              />
              <TagsInput
                size="xs"
                aria-label={`Other words for choice ${index + 1}`}
                placeholder={choice.synonyms.length === 0 ? "Other words for it" : undefined}
                value={choice.synonyms}
                acceptValueOnBlur
                onChange={(synonyms) => set(index, { ...choice, synonyms })}
              />
              <div className={classes.choiceActions}>
                <Act label={`Move choice ${index + 1} up`} disabled={index === 0} onClick={() => put(moved(given, index, index - 1))}>
                  <ArrowUp size={14} />
                </Act>
                <Act
                  label={`Move choice ${index + 1} down`}
                  disabled={index === given.length - 1}
                  onClick={() => put(moved(given, index, index + 1))}
                >
                  <ArrowDown size={14} />
                </Act>
                <Act label={`Remove choice ${index + 1}`} onClick={() => put(given.filter((_, other) => other !== index))}>
                  <Trash2 size={14} />
                </Act>
              </div>
            </div>
          );
        })}
      </div>
      <Button size="compact-sm" variant="default" leftSection={<Plus size={14} />} mt={6} onClick={() => put([...given, ""])}>
        Add a choice
      </Button>
      <FaultLines faults={faultsAt(faults, path, true)} />
    </div>
  );
}

function read(one: unknown): Choice {
  if (!isRecord(one)) return { label: String(one ?? ""), synonyms: [] };
  const synonyms = Array.isArray(one.synonyms) ? one.synonyms.map(String) : [];
  return { label: String(one.label ?? one.id ?? ""), synonyms };
}

function written(before: unknown, choice: Choice): unknown {
  if (!isRecord(before)) return choice.synonyms.length === 0 ? choice.label : { ...choice };
  const { synonyms: _synonyms, ...rest } = before;
  const kept = { ...rest, label: choice.label };
  return choice.synonyms.length === 0 ? kept : { ...kept, synonyms: choice.synonyms };
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
      <ActionIcon variant="subtle" color="gray" size={24} aria-label={label} disabled={disabled} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

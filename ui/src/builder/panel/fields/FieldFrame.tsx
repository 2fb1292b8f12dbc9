import { Input, Text } from "@mantine/core";
import { useEffect, useId, type ReactNode } from "react";
import { useAttention } from "../../attention";
import type { Fault } from "../../types";
import type { Field } from "../shapes";
import classes from "./fields.module.css";

/** What an input needs to be named and explained. */
export interface Described {
  id: string;
  /** Mantine makes `aria-invalid` and a red line of it. */
  error: boolean;
}

/** A field with its name, what it means, what is wrong with it, and what else can be done with it. */
export function FieldFrame({
  field,
  required = false,
  faults,
  action,
  note,
  group = false,
  children,
}: {
  field: Field;
  required?: boolean;
  faults: readonly Fault[];
  action?: ReactNode;
  /** Said below, such as how a duration reads. */
  note?: ReactNode;
  /** Whether it holds several inputs, which are named one by one. */
  group?: boolean;
  children: (described: Described) => ReactNode;
}) {
  const id = useId();
  const told = [field.description && `${id}-about`, note && `${id}-note`, faults.length > 0 && `${id}-wrong`];
  const describedBy = told.filter(Boolean).join(" ");
  // Mantine's inputs put their own wrapper's word in place of one that is handed to them.
  useEffect(() => {
    const input = document.getElementById(id);
    if (describedBy === "") input?.removeAttribute("aria-describedby");
    else input?.setAttribute("aria-describedby", describedBy);
  });
  const described: Described = {
    id,
    error: faults.some((fault) => fault.severity === "error"),
  };
  return (
    <div
      className={classes.field}
      onBlur={(event) => {
        if (!isWithin(event.currentTarget, event.relatedTarget)) useAttention.getState().leave(faults);
      }}
      {...(group ? { role: "group", "aria-labelledby": `${id}-label`, "aria-describedby": describedBy || undefined } : {})}
    >
      <div className={field.isBare && !action ? "rl-only-heard" : classes.head} data-bare={field.isBare || undefined}>
        <Input.Label component={group ? "span" : "label"} htmlFor={group ? undefined : id} id={`${id}-label`}>
          <FieldName field={field} />
          {required && !field.isBare && <span className={classes.required}> (required)</span>}
        </Input.Label>
        {action}
      </div>
      {children(described)}
      {note && (
        <Text size="xs" id={`${id}-note`} className={classes.note}>
          {note}
        </Text>
      )}
      {field.description && (
        <Text size="xs" c="dimmed" id={`${id}-about`}>
          <Prose text={field.description} />
        </Text>
      )}
      <FaultLines faults={faults} id={`${id}-wrong`} />
    </div>
  );
}

function FieldName({ field }: { field: Field }) {
  if (field.tag === null) return <>{field.label}</>;
  return (
    <span className={classes.tag} data-tag={field.tag}>
      {field.label}
    </span>
  );
}

/** Whether focus stays with the field; a dialog that it opened belongs to it, wherever that stands in the page. */
function isWithin(field: Element, focused: Element | null): boolean {
  if (focused === null || field.contains(focused)) return focused !== null;
  const dialog = focused.closest("[role=dialog]");
  return dialog !== null && !dialog.contains(field);
}

/** What the checker says of a key that is not there, or of an empty text; at the field itself it needs no name. */
const MISSING = /^The step `[^`]*` needs `[^`]*`, which is missing\.$| must be a text, and it is “”\.$/;

/** What is wrong, and what mends it. */
export function FaultLines({ faults, id }: { faults: readonly Fault[]; id?: string }) {
  if (faults.length === 0) return null;
  return (
    <ul className={classes.faults} id={id}>
      {faults.map((fault, index) => (
        <li key={index} data-severity={fault.severity}>
          {fault.severity !== "open" && <strong>{fault.severity === "error" ? "Error: " : "Note: "}</strong>}
          {MISSING.test(fault.message) ? (
            fault.severity === "open" ? "To fill in." : "This has to be filled in."
          ) : (
            <>
              <Prose text={fault.message} />{" "}
              {fault.severity !== "open" && (
                <span className={classes.fix}>
                  <Prose text={fault.fix} />
                </span>
              )}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A sentence of the server, with what stands in backticks as code. */
export function Prose({ text }: { text: string }) {
  return text.split("`").map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}

import { UnstyledButton } from "@mantine/core";
import { ChevronRight } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { JsonSchema } from "../types";
import { faultsAt, useForm } from "./context";
import { FormField } from "./fields/FormField";
import { arranged, isRecord, words } from "./shapes";
import classes from "./panel.module.css";

/** The fields of a schema: what must be said first, and the rest folded away. */
export function Form({
  schema,
  without,
  after = {},
}: {
  schema: JsonSchema;
  without: ReadonlySet<string>;
  /** What is shown below a field. */
  after?: Record<string, ReactNode>;
}) {
  const { root, faults } = useForm();
  const given = isRecord(root) ? root : {};
  const { shown, folded } = arranged(schema, without);
  const required = new Set(schema.required ?? []);
  // Decided once: a field must not jump while somebody types in it.
  const [pinned] = useState(() => new Set(folded.filter((key) => spellingIn(given, key) in given)));
  const first = [...shown, ...folded.filter((key) => pinned.has(key))];
  const rest = folded.filter((key) => !pinned.has(key));
  const field = (key: string) => (
    <div key={key} className={classes.fieldAndMore}>
      <FormField
        schema={schema.properties?.[key] ?? {}}
        path={[spellingIn(given, key)]}
        required={required.has(key)}
        label={undefined}
      />
      {after[key]}
    </div>
  );
  return (
    <>
      {first.map(field)}
      {rest.length > 0 && (
        <Fold
          title={`Optional settings ${rest.length}`}
          forced={rest.some((key) => faultsAt(faults, [key], true).length > 0)}
        >
          {rest.map(field)}
        </Fold>
      )}
    </>
  );
}

const OTHER_SPELLINGS: Record<string, string[]> = {
  max_duration: ["callTimeout", "call_timeout", "conversationTimeout", "conversation_timeout"],
  record: ["recordCall", "record_call"],
};

/** As what a field is written: `agent_type` may stand as `agentType`. */
export function spellingIn(given: Record<string, unknown>, key: string): string {
  if (key in given) return key;
  const camel = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return [camel, ...(OTHER_SPELLINGS[key] ?? [])].find((spelling) => spelling in given) ?? key;
}

/** A part of the form that opens and closes. */
export function Fold({
  title,
  children,
  forced = false,
  initially = false,
}: {
  title: ReactNode;
  children: ReactNode;
  /** Open because something within is wrong. */
  forced?: boolean;
  initially?: boolean;
}) {
  const [isOpen, setOpen] = useState(initially);
  const open = isOpen || forced;
  return (
    <section className={classes.fold}>
      <UnstyledButton className={classes.foldHead} aria-expanded={open} onClick={() => setOpen(!isOpen)}>
        <ChevronRight size={16} aria-hidden className={classes.chevron} data-open={open || undefined} />
        {title}
      </UnstyledButton>
      {open && <div className={classes.fields}>{children}</div>}
    </section>
  );
}

/** Keys that no field of the block has, so that they can be seen and removed. */
export function OtherKeys({ keys }: { keys: readonly string[] }) {
  if (keys.length === 0) return null;
  return (
    <>
      {keys.map((key) => (
        <FormField key={key} schema={{ title: `${words(key)} (unknown)`, "x-widget": "json" }} path={[key]} />
      ))}
    </>
  );
}

import { Code, CopyButton, UnstyledButton } from "@mantine/core";
import classes from "./Run.module.css";
import type { Run } from "./shapes";

/** What the run began with, what it gave so far, and its id. */
export function Data({ run }: { run: Run }) {
  const outputs = run.outputs ?? [];
  return (
    <section className={classes.data} aria-label="Data">
      <Values title="Inputs" values={run.inputs} none="It has no inputs." />
      {outputs.map((values, index) => (
        <Values
          key={index}
          title={outputs.length > 1 ? `Outputs ${index + 1}` : run.finished_at ? "Outputs" : "Outputs so far"}
          values={values}
          none="It has no outputs."
        />
      ))}
      {run.trigger && <Values title="What started it" values={run.trigger} none="" />}
      <p className={classes.id}>
        <span>Id</span> <code>{run.id}</code>
        <CopyButton value={run.id}>
          {({ copied, copy }) => (
            <UnstyledButton className={classes.copy} onClick={copy}>
              {copied ? "Copied" : "Copy"}
            </UnstyledButton>
          )}
        </CopyButton>
      </p>
    </section>
  );
}

function Values({ title, values, none }: { title: string; values: Record<string, unknown>; none: string }) {
  const entries = Object.entries(values);
  return (
    <div className={classes.values}>
      <h2>{title}</h2>
      {entries.length === 0 ? (
        <p className={classes.none}>{none}</p>
      ) : (
        <dl>
          {entries.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <Value value={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === "") return <span className={classes.none}>nothing</span>;
  if (typeof value === "boolean") return <>{value ? "yes" : "no"}</>;
  if (typeof value === "object") {
    return (
      <Code block tabIndex={0} role="region" aria-label="As JSON" className={classes.json}>
        {JSON.stringify(value, null, 2)}
      </Code>
    );
  }
  return <>{String(value)}</>;
}

import { Button } from "@mantine/core";
import { SlidersHorizontal } from "lucide-react";
import { addressed } from "./canvas/addresses";
import classes from "./FlowOverview.module.css";
import type { Draft } from "./types";

/** What the workflow is, at a glance; the forms that change it are fetched when somebody wants to. */
export function FlowOverview({ draft, edit }: { draft: Draft; edit: () => void }) {
  const { graph } = draft;
  const defaults = Object.entries(graph.defaults).map(([name, value]) => [name, addressed(String(value))] as const);
  return (
    <div className={classes.overview}>
      <h2 className={classes.title}>Workflow</h2>
      <p className={classes.about}>{graph.description ?? "Choose a step on the canvas to change it."}</p>
      <Section
        title="What starts it"
        rows={graph.triggers.map((trigger) => [trigger.title, trigger.summary] as const)}
        none="Nothing by itself. It is run from here, by the API or by another workflow."
      />
      <Section
        title="Inputs"
        rows={graph.inputs.map((input) => [input.name, input.required ? "must be given" : `else ${shown(input.default)}`] as const)}
        none="None. What differs from run to run, such as a number, is an input."
      />
      <Section title="For all steps" rows={defaults} none="Nothing is set for all steps." />
      <Section
        title="What it gives back"
        rows={graph.outputs.map((output) => [output.name, addressed(output.selector)] as const)}
        none="Nothing."
      />
      <Button variant="default" mt="md" onClick={edit} leftSection={<SlidersHorizontal size={15} aria-hidden />}>
        Change these
      </Button>
    </div>
  );
}

function Section({ title, rows, none }: { title: string; rows: (readonly [string, string])[]; none: string }) {
  return (
    <section>
      <h3 className={classes.heading}>{title}</h3>
      {rows.length === 0 ? (
        <p className={classes.about}>{none}</p>
      ) : (
        <dl className={classes.rows}>
          {rows.map(([name, value], index) => (
            <div key={`${name}-${index}`}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function shown(value: unknown): string {
  return typeof value === "string" ? addressed(value) || "empty" : JSON.stringify(value);
}

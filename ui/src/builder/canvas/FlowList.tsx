import { StatusPill } from "../../components/StatusPill";
import { kindOf } from "../attention";
import type { Fault, FlowEdge, Graph, StepState } from "../types";
import classes from "./FlowList.module.css";
import { BlockIcon } from "./icons";
import { wordOf } from "./ports";
import { addressed, readable } from "./addresses";

interface FlowListProps {
  graph: Graph;
  faults: Fault[];
  states?: Record<string, StepState>;
  selected: string | null;
  open: (id: string) => void;
}

/** The workflow as text, in order: for whoever reads rather than looks. */
export function FlowList({ graph, faults, states, selected, open }: FlowListProps) {
  const titles = new Map(graph.steps.map((step) => [step.id, step.title]));
  return (
    <div className={classes.frame} tabIndex={0} role="region" aria-label="The workflow as a list">
      {graph.triggers.length > 0 && (
        <>
          <h2 className={classes.heading}>Starts with</h2>
          <ul className={classes.list}>
            {graph.triggers.map((trigger) => (
              <li key={trigger.id} className={classes.item} data-selected={selected === trigger.id || undefined}>
                <BlockIcon type={trigger.type} />
                <div className={classes.words}>
                  <button type="button" className={classes.title} onClick={() => open(trigger.id)}>
                    {trigger.title}
                  </button>
                  <p>{trigger.summary}</p>
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
      <h2 className={classes.heading}>{graph.steps.length === 1 ? "1 step" : `${graph.steps.length} steps`}</h2>
      <ol className={classes.list}>
        {graph.steps.map((step) => {
          const state = states?.[step.id];
          const own = faults.filter((fault) => fault.step === step.id);
          const ways = graph.edges.filter((edge) => edge.source === step.id);
          return (
            <li key={step.id} className={classes.item} data-selected={selected === step.id || undefined}>
              <BlockIcon type={step.type} />
              <div className={classes.words}>
                <button type="button" className={classes.title} onClick={() => open(step.id)}>
                  {step.title}
                </button>
                <span className={classes.service}>{step.service}</span>
                {state && <StatusPill tone={state.tone}>{state.word}</StatusPill>}
                {(step.from || step.to) && (
                  <p>
                    {step.from && <>From {addressed(step.from)} </>}
                    {step.to && <>to {addressed(step.to)}</>}
                  </p>
                )}
                {step.summary && <p>{readable(step.summary)}</p>}
                {ways.length > 0 && (
                  <ul className={classes.ways}>
                    {ways.map((edge) => (
                      <li key={edge.id}>
                        {wayWords(edge)}{" "}
                        <button type="button" className={classes.link} onClick={() => open(edge.target)}>
                          {titles.get(edge.target) ?? edge.target}
                        </button>
                      </li>
                    ))}
                  </ul>
                )}
                {own.map((fault, index) => (
                  <p key={index} className={classes.fault} data-tone={kindOf(fault).tone}>
                    {fault.severity === "open" && `${kindOf(fault).word}: `}
                    {fault.message} {fault.fix}
                  </p>
                ))}
              </div>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function wayWords(edge: FlowEdge): string {
  if (edge.kind === "data") return "Its values are used by";
  if (edge.kind === "error") return "On error:";
  return edge.outcome === null ? "Then:" : `${wordOf(edge.outcome)}:`;
}

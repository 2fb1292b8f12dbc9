import { Handle, type NodeProps, Position } from "@xyflow/react";
import { CircleAlert, CircleDashed, TriangleAlert } from "lucide-react";
import { memo } from "react";
import { StatusPill } from "../../components/StatusPill";
import { faultWords } from "../attention";
import type { Fault } from "../types";
import { addressed, readable } from "./addresses";
import { useCanvas } from "./canvas-context";
import { BlockIcon } from "./icons";
import type { StepCanvasNode, TriggerCanvasNode } from "./mapping";
import classes from "./Card.module.css";
import { DATA, MORE, type Port, type Ports } from "./ports";

/** A step as it is drawn: what it is, for whom, what it says, and in which ways it can end. */
export const StepCard = memo(function StepCard({ id, data, selected }: NodeProps<StepCanvasNode>) {
  const { step, ports, faults, state, editable } = data;
  const single = ports.shown.length === 1 && ports.shown[0]?.outcome === null && ports.hidden === 0;
  return (
    <div
      className={classes.card}
      style={{ width: ports.width }}
      data-tone={state?.tone}
      data-selected={selected || undefined}
      data-faulty={faults.some((fault) => fault.severity === "error") || undefined}
    >
      <Handle type="target" id="in" position={Position.Top} isConnectable={editable} className={classes.port} />
      <div className={classes.head}>
        <BlockIcon type={step.type} />
        <div className={classes.titles}>
          <div className={classes.title}>{step.title}</div>
          <div className={classes.service}>{step.service}</div>
        </div>
        <Standing faults={faults} state={state} />
      </div>
      {step.summary && <div className={classes.summary}>{readable(step.summary)}</div>}
      {(step.from || step.to) && (
        <div className={classes.tags}>
          {step.from && (
            <span className={classes.tag} data-tag="from">
              <b>From</b> {addressed(step.from)}
            </span>
          )}
          {step.to && (
            <span className={classes.tag} data-tag="to">
              <b>To</b> {addressed(step.to)}
            </span>
          )}
        </div>
      )}
      {state?.detail && <div className={classes.detail}>{state.detail}</div>}
      {single ? (
        <Handle type="source" id="next" position={Position.Bottom} isConnectable={editable} className={classes.port} />
      ) : (
        <div className={classes.ports}>
          {ports.shown.map((port) => (
            <PortCell key={port.id} port={port} editable={editable} />
          ))}
          {ports.hidden > 0 && <MoreCell id={id} ports={ports} editable={editable} />}
        </div>
      )}
      <Handle type="source" id={DATA} position={Position.Bottom} isConnectable={false} className={classes.unseen} />
    </div>
  );
});

/** A trigger as it is drawn: what starts a run. */
export const TriggerCard = memo(function TriggerCard({ data, selected }: NodeProps<TriggerCanvasNode>) {
  const { trigger, faults, state } = data;
  return (
    <div
      className={classes.card}
      data-kind="trigger"
      data-tone={state?.tone}
      data-selected={selected || undefined}
      data-faulty={faults.some((fault) => fault.severity === "error") || undefined}
    >
      <div className={classes.head}>
        <BlockIcon type={trigger.type} />
        <div className={classes.titles}>
          <div className={classes.title}>{trigger.title}</div>
          <div className={classes.service}>Starts the workflow</div>
        </div>
        <Standing faults={faults} state={state} />
      </div>
      {trigger.summary && <div className={classes.summary}>{trigger.summary}</div>}
      <Handle type="source" id="next" position={Position.Bottom} isConnectable={false} className={classes.port} />
    </div>
  );
});

function PortCell({ port, editable }: { port: Port; editable: boolean }) {
  return (
    <div className={classes.cell} data-tone={port.used ? port.tone : undefined}>
      {port.word}
      <Handle
        type="source"
        id={port.id}
        position={Position.Bottom}
        isConnectable={editable}
        className={classes.port}
        data-tone={port.tone}
      />
    </div>
  );
}

/** Stands for the ways a step can end that there was no room for. */
function MoreCell({ id, ports: { more, hidden }, editable }: { id: string; ports: Ports; editable: boolean }) {
  const { connectFrom } = useCanvas();
  const words = more.map((port) => port.word).join(", ");
  if (!editable) {
    return (
      <div className={classes.more} title={words}>
        +{hidden}
      </div>
    );
  }
  return (
    <div className={classes.more}>
      <button
        type="button"
        className={`${classes.moreButton} nodrag`}
        title={`More ways it can end: ${words}`}
        aria-label={`Connect one of ${hidden} more ways it can end: ${words}`}
        tabIndex={-1}
        onClick={() => connectFrom(id)}
      >
        +{hidden}
      </button>
      <Handle type="source" id={MORE} position={Position.Bottom} isConnectable={editable} className={classes.port} />
    </div>
  );
}

/** How the step stands in the run that is watched, else whether it is ready or what is wrong with it. */
function Standing({ faults, state }: { faults: Fault[]; state: { tone: "good" | "bad" | "wait" | "busy" | "idle"; word: string } | null }) {
  if (state) return <StatusPill tone={state.tone}>{state.word}</StatusPill>;
  const found = faultWords(faults);
  if (found === null) return <StatusPill tone="idle">Ready</StatusPill>;
  const Icon = { bad: CircleAlert, busy: CircleDashed, wait: TriangleAlert }[found.tone];
  return (
    <span className={classes.faults} data-tone={found.tone} title={faults.map((fault) => fault.message).join("\n")}>
      <Icon size={13} aria-hidden />
      {found.words}
    </span>
  );
}

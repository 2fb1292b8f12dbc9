import { ActionIcon, Tooltip } from "@mantine/core";
import { MiniMap, Panel, useReactFlow } from "@xyflow/react";
import { Maximize, Minus, Network, Plus } from "lucide-react";
import classes from "./CanvasControls.module.css";
import { hueOf } from "./icons";
import type { CanvasNode } from "./mapping";

const COLORS: Record<string, string> = {
  good: "var(--rl-good)",
  bad: "var(--rl-bad)",
  wait: "var(--rl-wait)",
  busy: "var(--rl-busy)",
};

const HUES: Record<string, string> = {
  sms: "var(--mantine-color-red-5)",
  whatsapp: "var(--mantine-color-green-6)",
  voice: "var(--mantine-color-orange-5)",
  agent: "var(--mantine-color-grape-5)",
  wait: "var(--mantine-color-violet-5)",
  flow: "var(--mantine-color-indigo-5)",
  data: "var(--mantine-color-cyan-6)",
  logic: "var(--mantine-color-blue-5)",
  trigger: "var(--mantine-color-teal-6)",
};

/** The colour of a node on the small map: how it stands in the run, else what kind of step it is. */
function colorOf(node: CanvasNode): string {
  const { state } = node.data;
  if (state) return COLORS[state.tone] ?? "var(--rl-quiet)";
  return HUES[hueOf(node.type === "step" ? node.data.step.type : node.data.trigger.type)] ?? "var(--rl-quiet)";
}

/** The small map, unless the workflow is *small* enough to be seen without, and what changes the view. */
export function CanvasControls({ editable, small, tidy }: { editable: boolean; small: boolean; tidy: () => void }) {
  const flow = useReactFlow();
  const motion = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 220;
  return (
    <>
      {!small && (
        <MiniMap<CanvasNode>
          position="bottom-left"
          className={classes.map}
          nodeColor={colorOf}
          nodeStrokeWidth={0}
          nodeBorderRadius={24}
          maskColor="var(--map-mask)"
          maskStrokeColor="var(--mantine-primary-color-filled)"
          maskStrokeWidth={1.5}
          bgColor="var(--rl-surface)"
          pannable
          zoomable
          ariaLabel="Small map of the workflow"
        />
      )}
      <Panel position="bottom-right" className={classes.controls}>
        <Control label="Zoom in" act={() => void flow.zoomIn({ duration: motion })} icon={<Plus size={17} />} />
        <Control label="Zoom out" act={() => void flow.zoomOut({ duration: motion })} icon={<Minus size={17} />} />
        <Control
          label="Show the whole workflow"
          act={() => void flow.fitView({ padding: 0.12, maxZoom: 1, duration: motion })}
          icon={<Maximize size={16} />}
        />
        {editable && <Control label="Arrange the steps" act={tidy} icon={<Network size={16} />} />}
      </Panel>
    </>
  );
}

function Control({ label, act, icon }: { label: string; act: () => void; icon: React.ReactNode }) {
  return (
    <Tooltip label={label} position="left" openDelay={300}>
      <ActionIcon variant="subtle" color="gray" size={34} radius="sm" aria-label={label} onClick={act} className={classes.control}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

import { Menu } from "@mantine/core";
import { Copy, Link2, type LucideIcon, Network, PanelRight, Plus, SquareDashedMousePointer, Trash2, Unlink } from "lucide-react";
import type { Graph, Position } from "../types";
import type { OnEdit } from "./FlowCanvas";

/** Where the menu was asked for, and on what. */
export interface MenuAt extends Position {
  node?: string;
  edge?: string;
}

interface CanvasMenuProps {
  at: MenuAt | null;
  close: () => void;
  graph: Graph;
  editable: boolean;
  open: (id: string) => void;
  remove: (id: string) => void;
  unlink: (id: string) => void;
  connect: (id: string) => void;
  edit?: OnEdit;
  add: (at: Position) => void;
  tidy: () => void;
  selectAll: () => void;
}

/** What can be done with a node, an edge or the canvas, by the right button or the menu key. */
export function CanvasMenu({ at, close, graph, editable, edit, ...can }: CanvasMenuProps) {
  const step = graph.steps.find((known) => known.id === at?.node);
  const edge = graph.edges.find((known) => known.id === at?.edge);
  const isFixed = edge?.kind === "data" || edge?.kind === "trigger";
  return (
    <Menu opened={at !== null} onChange={(opened) => !opened && close()} position="bottom-start" width={230} shadow="md" returnFocus>
      <Menu.Target>
        <span style={{ position: "fixed", left: at?.x ?? 0, top: at?.y ?? 0, width: 1, height: 1 }} aria-hidden />
      </Menu.Target>
      <Menu.Dropdown aria-label="What can be done here">
        {at?.node && <Entry icon={PanelRight} words="Open settings" keys="Enter" act={() => can.open(at.node ?? "")} />}
        {step && editable && (
          <>
            <Entry icon={Link2} words="Connect to…" keys="C" act={() => can.connect(step.id)} />
            <Entry icon={Copy} words="Duplicate" keys="Ctrl D" act={() => void edit?.([{ op: "paste", steps: [step.fields] }])} />
          </>
        )}
        {at?.node && editable && (
          <>
            <Menu.Divider />
            <Entry icon={Trash2} words="Delete" keys="Del" act={() => can.remove(at.node ?? "")} danger />
          </>
        )}
        {edge && editable && !isFixed && (
          <Entry icon={Unlink} words="Remove this connection" keys="Del" act={() => can.unlink(edge.id)} danger />
        )}
        {edge?.kind === "data" && <Menu.Label>This step takes a value of the one above.</Menu.Label>}
        {edge?.kind === "trigger" && <Menu.Label>The run begins here.</Menu.Label>}
        {at && !at.node && !at.edge && editable && (
          <>
            <Entry icon={Plus} words="Add a step here" act={() => can.add(at)} />
            <Entry icon={Network} words="Arrange the steps" keys="L" act={can.tidy} />
          </>
        )}
        {at && !at.node && !at.edge && (
          <Entry icon={SquareDashedMousePointer} words="Select all" keys="Ctrl A" act={can.selectAll} />
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Entry({ icon: Icon, words, keys, act, danger }: { icon: LucideIcon; words: string; keys?: string; act: () => void; danger?: boolean }) {
  return (
    <Menu.Item
      leftSection={<Icon size={15} aria-hidden />}
      rightSection={keys && <span style={{ color: "var(--rl-quiet)", fontSize: 12 }}>{keys}</span>}
      color={danger ? "var(--rl-bad)" : undefined}
      onClick={act}
    >
      {words}
    </Menu.Item>
  );
}

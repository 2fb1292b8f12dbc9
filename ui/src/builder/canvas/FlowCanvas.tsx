import "@xyflow/react/dist/style.css";

import {
  applyEdgeChanges,
  applyNodeChanges,
  Background,
  BackgroundVariant,
  type EdgeChange,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
} from "@xyflow/react";
import { lazy, Suspense, useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import type { Block, Edit, Fault, Graph, Positions, StepState, Taken } from "../types";
import { CanvasContext } from "./canvas-context";
import { CanvasControls } from "./CanvasControls";
import { Arrow, Marks } from "./CanvasMarks";
import { CanvasMenu, type MenuAt } from "./CanvasMenu";
import type { Wish } from "./ConnectDialog";
import classes from "./FlowCanvas.module.css";
import { FlowEdgeLine } from "./FlowEdgeLine";
import { type CanvasEdge, type CanvasNode, edgesOf, nodesOf } from "./mapping";
import { StepCard, TriggerCard } from "./StepCard";
import { BLOCK_DRAG } from "./palette";
import { useCanvasKeys } from "./use-canvas-keys";
import { useConnecting, type Wanted } from "./use-connecting";
import { useMoving, usePlaces } from "./use-places";
import { useSteps } from "./use-steps";
import { focusNode, useView } from "./use-view";

/** What the page around the canvas may ask of it. */
export interface CanvasHandle {
  /** Bring a node into sight and give it the focus. */
  reveal: (id: string) => void;
}

export type OnEdit = (edits: Edit[], options?: { merge?: string }) => Promise<string[]>;

export interface FlowCanvasProps {
  graph: Graph;
  positions: Positions;
  faults: Fault[];
  states?: Record<string, StepState>;
  taken?: Taken;
  selected?: string | null;
  onSelect?: (id: string | null) => void;
  /** Without it the canvas only shows. */
  onEdit?: OnEdit;
  /** The node was opened: by Enter, or by a double click. */
  onOpen?: (id: string) => void;
  /** What may be added at a place of the canvas. */
  blocks?: Block[];
  handle?: React.Ref<CanvasHandle>;
  children?: React.ReactNode;
}

const QuickAdd = lazy(async () => ({ default: (await import("./QuickAdd")).QuickAdd }));
const ConnectDialog = lazy(async () => ({ default: (await import("./ConnectDialog")).ConnectDialog }));

const NODE_TYPES = { step: StepCard, trigger: TriggerCard };
const EDGE_TYPES = { flow: FlowEdgeLine };
/** From so many nodes on only those in sight are drawn. */
const MANY = 80;
/** From so many nodes on there is a small map; with fewer it would cover more than it shows. */
const MAPPED = 8;

/** A workflow as a graph: drawn, edited by mouse and keyboard, coloured by a run. */
export function FlowCanvas(props: FlowCanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

const NO_BLOCKS: Block[] = [];

function Canvas(props: FlowCanvasProps) {
  const { graph, positions, faults, states, taken, selected, onSelect, onEdit, onOpen, handle, children } = props;
  const blocks = props.blocks ?? NO_BLOCKS;
  const editable = onEdit !== undefined;
  const flow = useReactFlow<CanvasNode, CanvasEdge>();
  const wrapper = useRef<HTMLDivElement>(null);
  const places = usePlaces(graph, positions);
  const draw = { graph, places, faults, states, taken, editable };
  const told = useRef<string | null>(selected ?? null);
  const [nodes, setNodes] = useState<CanvasNode[]>(() => withChosen(nodesOf(draw, new Map()), selected ?? null));
  const [edges, setEdges] = useState<CanvasEdge[]>(() => edgesOf(graph, taken, new Map()));
  const [menu, setMenu] = useState<MenuAt | null>(null);
  const [wish, setWish] = useState<Wish | null>(null);
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const { reveal, begin, showAll } = useView(wrapper, graph, places);

  useEffect(() => {
    setNodes((before) => {
      const known = new Map(before.map((node) => [node.id, node]));
      return withChosen(nodesOf({ graph, places, faults, states, taken, editable }, known), told.current);
    });
  }, [graph, places, faults, states, taken, editable]);
  useEffect(() => {
    setEdges((before) => edgesOf(graph, taken, new Map(before.map((edge) => [edge.id, edge]))));
  }, [graph, taken, places]);

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasNode>[]) => setNodes((before) => applyNodeChanges(changes, before)),
    [],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange<CanvasEdge>[]) => setEdges((before) => applyEdgeChanges(changes, before)),
    [],
  );

  const choose = useCallback((ids: string[]) => {
    const wanted = new Set(ids);
    setNodes((before) => before.map((node) => (!!node.selected === wanted.has(node.id) ? node : { ...node, selected: wanted.has(node.id) })));
    setEdges((before) => before.map((edge) => (edge.selected ? { ...edge, selected: false } : edge)));
  }, []);

  useImperativeHandle(handle, () => ({ reveal: (id) => { choose([id]); reveal(id); } }), [choose, reveal]);

  // Who chose last is the one who is right; `told` is what canvas and page agree on. A step that was just added is
  // chosen before it is drawn.
  useEffect(() => {
    const chosen = nodes.filter((node) => node.selected);
    const one = chosen.length === 1 ? (chosen[0]?.id ?? null) : null;
    if (told.current === one) return;
    if (chosen.length === 0 && !nodes.some((node) => node.id === told.current)) return;
    told.current = one;
    onSelect?.(one);
  }, [nodes, onSelect]);
  useEffect(() => {
    if (selected === undefined || told.current === selected) return;
    told.current = selected;
    choose(selected === null ? [] : [selected]);
  }, [selected, choose]);

  const { settle, tidy, others } = useMoving(graph, positions, showAll, onEdit);
  const connecting = useConnecting(graph, setWish, setWanted, onEdit);
  const { add, remove } = useSteps({ graph, blocks, wrapper, others, reveal, onEdit, onSelect });

  // Handlers that are new at each drawing would draw every node anew at each move of one.
  const pointer = useMemo(() => {
    const menuOn = (event: React.MouseEvent | MouseEvent, on: { node?: string; edge?: string }) => {
      event.preventDefault();
      setMenu({ x: event.clientX, y: event.clientY, ...on });
    };
    return {
      onNodeDragStop: (_event: unknown, _node: CanvasNode, moved: CanvasNode[]) => settle(moved),
      onSelectionDragStop: (_event: unknown, moved: CanvasNode[]) => settle(moved),
      onNodeDoubleClick: (_event: unknown, node: CanvasNode) => onOpen?.(node.id),
      onNodeContextMenu: (event: React.MouseEvent, node: CanvasNode) => menuOn(event, { node: node.id }),
      onEdgeContextMenu: (event: React.MouseEvent, edge: CanvasEdge) => menuOn(event, { edge: edge.id }),
      onPaneContextMenu: (event: React.MouseEvent | MouseEvent) => menuOn(event, {}),
    };
  }, [onOpen, settle]);

  const keys = useCanvasKeys({
    graph, nodes, edges, wrapper, editable, choose, reveal, remove, onEdit, onOpen, tidy,
    onSelect,
    connectFrom: (source) => setWish({ source }),
    openMenu: (id) => {
      const node = wrapper.current?.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
      const box = node?.getBoundingClientRect();
      if (box) setMenu({ x: box.left + 40, y: box.top + 30, node: id });
    },
  });

  const actions = useMemo(() => ({ connectFrom: (source: string) => setWish({ source }) }), []);
  const many = nodes.length > MANY;

  return (
    <CanvasContext.Provider value={actions}>
      <div
        ref={wrapper}
        tabIndex={-1}
        className={classes.canvas}
        onKeyDown={keys}
        onDragOver={(event) => {
          if (!editable || !event.dataTransfer.types.includes(BLOCK_DRAG)) return;
          event.preventDefault();
          event.dataTransfer.dropEffect = "copy";
        }}
        onDrop={(event) => {
          const type = event.dataTransfer.getData(BLOCK_DRAG);
          if (!editable || !type) return;
          event.preventDefault();
          const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
          void add(type, { x: at.x - 164, y: at.y - 30 });
        }}
      >
        <ReactFlow<CanvasNode, CanvasEdge>
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          {...pointer}
          onConnect={connecting.connect}
          onReconnect={connecting.reconnect}
          onConnectEnd={connecting.end}
          isValidConnection={connecting.valid}
          nodesDraggable={editable}
          nodesConnectable={editable}
          edgesReconnectable={editable}
          nodesFocusable
          edgesFocusable={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          selectionKeyCode="Shift"
          multiSelectionKeyCode={SEVERAL}
          selectionMode={SelectionMode.Partial}
          panOnScroll
          zoomOnDoubleClick={false}
          connectionRadius={32}
          reconnectRadius={14}
          nodeDragThreshold={3}
          snapToGrid
          snapGrid={SNAP}
          minZoom={0.1}
          maxZoom={1.6}
          onlyRenderVisibleElements={many}
          elevateEdgesOnSelect
          attributionPosition="top-right"
          onInit={begin}
          aria-label={editable ? "Workflow canvas. Press ? for the keys." : "Workflow, drawn"}
        >
          <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} className={classes.dots} />
          <Arrow />
          <Marks of={wrapper} />
          <CanvasControls editable={editable} small={nodes.length < MAPPED} tidy={tidy} />
        </ReactFlow>
        {children}
        <CanvasMenu
          at={menu}
          close={() => setMenu(null)}
          graph={graph}
          editable={editable}
          open={(id) => onOpen?.(id)}
          remove={(id) => remove([id], [])}
          unlink={(id) => remove([], edges.filter((edge) => edge.id === id))}
          connect={(source) => setWish({ source })}
          edit={onEdit}
          add={(screen) => setWanted({ screen })}
          tidy={tidy}
          selectAll={() => choose(nodes.map((node) => node.id))}
        />
        <Suspense>
        {wish && onEdit && (
          <ConnectDialog
            graph={graph}
            wish={wish}
            close={() => {
              setWish(null);
              focusNode(wrapper.current, wish.source);
            }}
            connect={(source, outcome, target) => void onEdit([{ op: "connect", source, outcome, target }])}
          />
        )}
        {wanted && (
          <QuickAdd
            at={wanted.screen}
            blocks={blocks}
            triggers={!wanted.after}
            close={() => setWanted(null)}
            pick={(type) => {
              const at = flow.screenToFlowPosition(wanted.screen);
              void add(type, wanted.after ? { x: at.x - 164, y: at.y } : { x: at.x - 164, y: at.y - 30 }, wanted.after, wanted.outcome);
            }}
          />
        )}
        </Suspense>
      </div>
    </CanvasContext.Provider>
  );
}

const SNAP: [number, number] = [8, 8];
const SEVERAL = ["Meta", "Control"];

/** With the node that is to be chosen, which may be drawn only now, chosen. */
function withChosen(nodes: CanvasNode[], id: string | null): CanvasNode[] {
  if (id === null || nodes.some((node) => node.selected)) return nodes;
  return nodes.map((node) => (node.id === id ? { ...node, selected: true } : node));
}

import "@xyflow/react/dist/style.css";

import {
  applyEdgeChanges,
  applyNodeChanges,
  Background,
  BackgroundVariant,
  type Connection,
  type EdgeChange,
  type NodeChange,
  type OnConnectEnd,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
  useStore,
} from "@xyflow/react";
import { lazy, Suspense, useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import type { Block, Edit, Fault, Graph, Position, Positions, StepState } from "../types";
import { CanvasContext } from "./canvas-context";
import { CanvasControls } from "./CanvasControls";
import { CanvasMenu, type MenuAt } from "./CanvasMenu";
import { nameFor } from "./clipboard";
import type { Wish } from "./ConnectDialog";
import classes from "./FlowCanvas.module.css";
import { FlowEdgeLine } from "./FlowEdgeLine";
import { freePlace, leavingOf, layOut, placed, type Size, sizeOf } from "./layout";
import { type CanvasEdge, type CanvasNode, edgesOf, nodesOf } from "./mapping";
import { MORE, NODE_WIDTH, ON_ERROR, outcomeOf } from "./ports";
import { QuickAdd } from "./QuickAdd";
import { StepCard, TriggerCard } from "./StepCard";
import { useCanvasKeys } from "./use-canvas-keys";
import { adding, BLOCK_DRAG, triggerOf } from "./palette";

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
  taken?: Set<string>;
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

const ConnectDialog = lazy(async () => ({ default: (await import("./ConnectDialog")).ConnectDialog }));

const NODE_TYPES = { step: StepCard, trigger: TriggerCard };
const EDGE_TYPES = { flow: FlowEdgeLine };
/** What is brought into sight is kept so far from the edge. */
const MARGIN = 28;
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
  const draw = { graph, places, faults, states, editable };
  const told = useRef<string | null>(selected ?? null);
  const [nodes, setNodes] = useState<CanvasNode[]>(() => withChosen(nodesOf(draw, new Map()), selected ?? null));
  const [edges, setEdges] = useState<CanvasEdge[]>(() => edgesOf(graph, taken, new Map()));
  const [menu, setMenu] = useState<MenuAt | null>(null);
  const [wish, setWish] = useState<Wish | null>(null);
  const [wanted, setWanted] = useState<{ screen: Position; after?: string; outcome?: string | null } | null>(null);

  useEffect(() => {
    setNodes((before) => {
      const known = new Map(before.map((node) => [node.id, node]));
      return withChosen(nodesOf({ graph, places, faults, states, editable }, known), told.current);
    });
  }, [graph, places, faults, states, editable]);
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

  const reveal = useCallback(
    (id: string) => {
      const node = flow.getInternalNode(id);
      const box = wrapper.current?.getBoundingClientRect();
      if (!node || !box) return;
      const { width = 328, height = 120 } = node.measured;
      const { x, y } = node.internals.positionAbsolute;
      const view = flow.getViewport();
      const corner = flow.flowToScreenPosition({ x, y });
      // No further than it must: what was in sight before stays there, so that one does not lose one's place.
      const shift = (from: number, size: number, low: number, high: number) =>
        from < low + MARGIN ? low + MARGIN - from : Math.min(0, Math.max(high - MARGIN - size - from, low + MARGIN - from));
      const dx = shift(corner.x, width * view.zoom, box.left, box.right);
      const dy = shift(corner.y, height * view.zoom, box.top, box.bottom);
      if (dx !== 0 || dy !== 0) {
        void flow.setViewport({ x: view.x + dx, y: view.y + dy, zoom: view.zoom }, { duration: motion() });
      }
      // The node may only be drawn once it is in sight.
      requestAnimationFrame(() => focusNode(wrapper.current, id));
    },
    [flow],
  );
  // On an empty canvas nothing was in sight that could have to stay: the first node comes to the middle.
  const wasEmpty = useRef(graph.steps.length + graph.triggers.length === 0);
  const count = graph.steps.length + graph.triggers.length;
  useEffect(() => {
    if (wasEmpty.current && count > 0) {
      void beginAt(flow, wrapper.current?.getBoundingClientRect(), graph, places);
    }
    wasEmpty.current = count === 0;
  }, [count, flow, graph, places]);
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

  const settle = useCallback(
    (moved: CanvasNode[]) => {
      // Once one node was put by hand, all others stay where they are as well.
      const put: Record<string, Position> = {};
      for (const node of flow.getNodes()) if (!positions[node.id]) put[node.id] = rounded(node.position);
      for (const node of moved) put[node.id] = rounded(node.position);
      void onEdit?.([{ op: "positions", positions: put }]);
    },
    [flow, onEdit, positions],
  );

  const tidy = useCallback(() => {
    const sizes = new Map<string, Size>();
    for (const { id } of flow.getNodes()) {
      const { width, height } = flow.getInternalNode(id)?.measured ?? {};
      if (width && height) sizes.set(id, { width, height });
    }
    void onEdit?.([{ op: "positions", positions: layOut(graph, sizes) }]);
    requestAnimationFrame(() => void flow.fitView({ padding: 0.12, maxZoom: 1, duration: motion() }));
  }, [flow, graph, onEdit]);

  const connect = useCallback(
    ({ source, sourceHandle, target }: Connection) => {
      const step = graph.steps.find((known) => known.id === source);
      if (!step || !target) return;
      if (sourceHandle === MORE) setWish({ source, target });
      else void onEdit?.([{ op: "connect", source, outcome: outcomeOf(sourceHandle ?? "", step.outcomes), target }]);
    },
    [graph, onEdit],
  );
  const reconnect = useCallback(
    (old: CanvasEdge, { target }: Connection) => {
      const edge = old.data?.edge;
      if (!edge || !target || edge.target === target) return;
      const outcome = edge.kind === "error" ? ON_ERROR : edge.outcome;
      void onEdit?.([
        { op: "disconnect", source: edge.source, outcome, target: edge.target },
        { op: "connect", source: edge.source, outcome, target },
      ]);
    },
    [onEdit],
  );
  const valid = useCallback(
    ({ source, target }: { source: string; target: string }) =>
      source !== target && graph.steps.some((step) => step.id === target),
    [graph],
  );

  const remove = useCallback(
    (ids: string[], gone: CanvasEdge[]) => {
      const edits: Edit[] = gone.flatMap(({ data }) => {
        if (!data || data.edge.kind === "data" || data.edge.kind === "trigger") return [];
        const { source, outcome, target, kind } = data.edge;
        return [{ op: "disconnect", source, outcome: kind === "error" ? ON_ERROR : outcome, target } as const];
      });
      const names = ids.filter((id) => graph.steps.some((step) => step.id === id));
      if (names.length > 0) edits.push({ op: "remove_steps", names });
      const triggers = graph.triggers.filter((trigger) => ids.includes(trigger.id)).map((trigger) => trigger.index);
      for (const index of triggers.sort((one, other) => other - one)) edits.push({ op: "remove", path: ["triggers", index] });
      if (edits.length === 0) return;
      void onEdit?.(edits);
      // The focus must not be lost with the node that had it.
      wrapper.current?.focus({ preventScroll: true });
    },
    [graph, onEdit],
  );

  /** Add a step; where it was put by hand, everything else stays where it is. */
  const add = useCallback(
    async (type: string, at: Position | null, after?: string, outcome?: string | null) => {
      if (!onEdit) return;
      const trigger = triggerOf(type);
      if (trigger) {
        const index = graph.triggers.length;
        await onEdit([{ op: "set", path: ["triggers", index], value: trigger }]);
        onSelect?.(`trigger:${index}`);
        return;
      }
      const name = nameFor(type, graph.steps.map((step) => step.id));
      const { step, before } = adding(type, name, graph, blocks, graph.steps.find((known) => known.id === after));
      const edits: Edit[] = [...before, { op: "add_step", step, after, outcome }];
      if (at) {
        const others = flow.getNodes().map(({ position, measured }) => ({ ...position, width: measured?.width ?? NODE_WIDTH, height: measured?.height ?? 120 }));
        const put: Record<string, Position> = { [name]: rounded(freePlace(at, { width: NODE_WIDTH, height: 140 }, others)) };
        for (const node of flow.getNodes()) if (!positions[node.id]) put[node.id] = rounded(node.position);
        edits.push({ op: "positions", positions: put });
      }
      const [made = name] = await onEdit(edits);
      onSelect?.(made);
      requestAnimationFrame(() => requestAnimationFrame(() => reveal(made)));
    },
    [blocks, flow, graph, onEdit, onSelect, positions, reveal],
  );

  /** Where a connection ends on nothing, what it should lead to can be added. */
  const connectEnd = useCallback<OnConnectEnd>(
    (event, { isValid, fromNode, fromHandle, toNode }) => {
      const step = graph.steps.find((known) => known.id === fromNode?.id);
      if (isValid || toNode || !step || fromHandle?.type !== "source" || fromHandle.id === MORE) return;
      const point = "changedTouches" in event ? event.changedTouches[0] : event;
      if (!point || blocks.length === 0) return;
      const outcome = outcomeOf(fromHandle.id ?? "", step.outcomes);
      setWanted({ screen: { x: point.clientX, y: point.clientY }, after: step.id, outcome });
    },
    [blocks, graph],
  );

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
          onConnect={connect}
          onReconnect={reconnect}
          onConnectEnd={connectEnd}
          isValidConnection={valid}
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
          onInit={(instance) => void beginAt(instance, wrapper.current?.getBoundingClientRect(), graph, places)}
          aria-label={editable ? "Workflow canvas. Press ? for the keys." : "Workflow, drawn"}
        >
          <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} className={classes.dots} />
          <Arrow />
          <Distance of={wrapper} />
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

/** The places of all nodes. What has none is laid out once for each shape of the graph, not at each keystroke. */
function usePlaces(graph: Graph, positions: Positions): Positions {
  const shape = useMemo(() => {
    const nodes = [...graph.triggers, ...graph.steps];
    if (nodes.every((node) => positions[node.id])) return nodes.map((node) => node.id).join("\n");
    const leaving = leavingOf(graph.edges);
    return JSON.stringify([
      nodes.map((node) => [node.id, sizeOf(node, leaving.get(node.id) ?? [])]),
      graph.edges.map((edge) => edge.id),
    ]);
  }, [graph, positions]);
  const latest = useRef(graph);
  latest.current = graph;
  // The shape says all of the graph that the layout looks at.
  return useMemo(() => placed(latest.current, positions), [shape, positions]);
}

/** The view to begin with: the whole workflow where it can be read so, else its beginning. */
async function beginAt(
  flow: { setViewport: (view: { x: number; y: number; zoom: number }) => Promise<boolean> },
  box: DOMRect | undefined,
  graph: Graph,
  places: Positions,
) {
  const leaving = leavingOf(graph.edges);
  const areas = [...graph.triggers, ...graph.steps].map((node) => ({
    ...(places[node.id] ?? { x: 0, y: 0 }),
    ...sizeOf(node, leaving.get(node.id) ?? []),
  }));
  if (!box || areas.length === 0) return;
  const left = Math.min(...areas.map((area) => area.x));
  const right = Math.max(...areas.map((area) => area.x + area.width));
  const top = Math.min(...areas.map((area) => area.y));
  const bottom = Math.max(...areas.map((area) => area.y + area.height));
  const margin = 36;
  const fitting = Math.min((box.width - 2 * margin) / (right - left), (box.height - 2 * margin) / (bottom - top));
  const zoom = fitting >= 0.68 ? Math.min(1, fitting) : box.width < 480 ? 0.7 : 0.82;
  const first = areas.filter((area) => area.y < top + 100);
  const beginning = first.reduce((sum, area) => sum + area.x + area.width / 2, 0) / first.length;
  const fitsWide = (right - left) * zoom <= box.width - 2 * margin;
  const middle = fitsWide ? (left + right) / 2 : beginning;
  const fitsHigh = (bottom - top) * zoom <= box.height - 2 * margin;
  const y = fitsHigh ? (box.height - (bottom - top) * zoom) / 2 - top * zoom : margin - top * zoom;
  await flow.setViewport({ x: box.width / 2 - middle * zoom, y, zoom });
}

/** Marks the canvas as seen from far: letters nobody can read are not painted then. */
function Distance({ of }: { of: React.RefObject<HTMLDivElement | null> }) {
  const far = useStore((state) => state.transform[2] < 0.36);
  useEffect(() => {
    of.current?.toggleAttribute("data-far", far);
  }, [of, far]);
  return null;
}

/** The head of every edge, drawn once; it takes the colour of the line it ends. */
function Arrow() {
  return (
    <svg className={classes.arrow} aria-hidden>
      <defs>
        <marker id="flow-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto">
          <path d="M1.5 1.5 9 5 1.5 8.500" fill="none" stroke="context-stroke" strokeWidth="1.800" strokeLinecap="round" />
        </marker>
      </defs>
    </svg>
  );
}

/** With the node that is to be chosen, which may be drawn only now, chosen. */
function withChosen(nodes: CanvasNode[], id: string | null): CanvasNode[] {
  if (id === null || nodes.some((node) => node.selected)) return nodes;
  return nodes.map((node) => (node.id === id ? { ...node, selected: true } : node));
}

function focusNode(within: HTMLElement | null, id: string) {
  within?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
}

function rounded({ x, y }: Position): Position {
  return { x: Math.round(x), y: Math.round(y) };
}

/** How long the view takes to move; at once for whoever asked for less motion. */
function motion(): number {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 260;
}

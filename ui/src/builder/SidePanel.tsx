import { ActionIcon, Tabs, Tooltip } from "@mantine/core";
import { PanelRightClose } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { Loading } from "../components/Loading";
import type { DraftHandle } from "./draft";
import { FlowOverview } from "./FlowOverview";
import { NARROWEST, type PanelTab, usePanes, WIDEST } from "./panes";
import type { Watched } from "./run/use-run";
import classes from "./SidePanel.module.css";
import type { Block, Draft } from "./types";

// The forms, the text and the versions come after the canvas, which is what is looked at first.
const StepPanel = lazy(async () => ({ default: (await import("./panel/StepPanel")).StepPanel }));
const FlowPanel = lazy(async () => ({ default: (await import("./panel/FlowPanel")).FlowPanel }));
const RunPanel = lazy(async () => ({ default: (await import("./run/RunPanel")).RunPanel }));
const YamlView = lazy(async () => ({ default: (await import("./yaml/YamlView")).YamlView }));
const VersionsPanel = lazy(async () => ({ default: (await import("./versions/VersionsPanel")).VersionsPanel }));

interface SidePanelProps {
  handle: DraftHandle;
  draft: Draft;
  blocks: Block[];
  watched: Watched;
  tab: PanelTab;
  setTab: (tab: PanelTab) => void;
  selected: string | null;
  /** The field to show first: that of a fault that was clicked. */
  field: string | null;
  focusStep: (id: string) => void;
  started: (run: string) => void;
  close: () => void;
}

/** The right side: settings of what is selected, the text, a run, the versions. */
export function SidePanel(props: SidePanelProps) {
  const { handle, draft, blocks, watched, tab, setTab, selected, field, focusStep, started, close } = props;
  const { width } = usePanes();
  const frame = useRef<HTMLElement>(null);
  const step = draft.graph.steps.find((known) => known.id === selected);
  const block = blocks.find((known) => step !== undefined && known.types.includes(step.type));
  const [forms, setForms] = useState(false);
  useField(frame, field, selected);
  return (
    <aside
      id="builder-panel"
      ref={frame}
      tabIndex={-1}
      className={classes.panel}
      style={{ "--panel-width": `${width}px` } as React.CSSProperties}
      aria-label="Settings, text, test and versions"
    >
      <Resizer />
      <Tabs value={tab} onChange={(to) => to && setTab(to as PanelTab)} keepMounted={false} className={classes.tabs}>
        <div className={classes.bar}>
          <Tabs.List className={classes.list} aria-label="The panel">
            <Tabs.Tab value="settings">Settings</Tabs.Tab>
            <Tabs.Tab value="yaml">YAML</Tabs.Tab>
            <Tabs.Tab value="test">Test</Tabs.Tab>
            <Tabs.Tab value="versions">Versions</Tabs.Tab>
          </Tabs.List>
          <Tooltip label="Hide the panel" openDelay={300}>
            <ActionIcon variant="subtle" color="gray" size={30} aria-label="Hide the panel" onClick={close} className={classes.close}>
              <PanelRightClose size={17} />
            </ActionIcon>
          </Tooltip>
        </div>
        <Tabs.Panel value="settings" className={classes.content}>
          <Suspense fallback={<Loading />}>
            {step ? (
              <StepPanel draft={draft} step={step} block={block} blocks={blocks} edit={handle.edit} />
            ) : selected === null && field === null && !forms ? (
              <FlowOverview draft={draft} edit={() => setForms(true)} />
            ) : (
              <FlowPanel draft={draft} blocks={blocks} edit={handle.edit} selected={selected} />
            )}
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="yaml" className={classes.content}>
          <Suspense fallback={<Loading />}>
            <YamlView handle={handle} draft={draft} selected={selected} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="test" className={classes.content}>
          <Suspense fallback={<Loading />}>
            <RunPanel draft={draft} watched={watched} started={started} focusStep={focusStep} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="versions" className={classes.content}>
          <Suspense fallback={<Loading />}>
            <VersionsPanel handle={handle} draft={draft} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </aside>
  );
}

/** Puts the focus on the field a fault is about, once the form stands. */
function useField(frame: React.RefObject<HTMLElement | null>, field: string | null, selected: string | null) {
  useEffect(() => {
    if (!field) return;
    const names = [field, field.replaceAll(/\[(\d+)\]/g, ".$1"), field.split(/[.[]/)[0] ?? field];
    let tries = 0;
    const timer = setInterval(() => {
      tries += 1;
      for (const name of names) {
        const found = frame.current?.querySelector<HTMLElement>(`[data-field="${CSS.escape(name)}"]`);
        if (!found) continue;
        clearInterval(timer);
        found.scrollIntoView({ block: "center" });
        const inputs = "input:not([type=hidden]), textarea, select, [contenteditable], button";
        const input = found.matches(inputs) ? found : found.querySelector<HTMLElement>(inputs);
        return input?.focus({ preventScroll: true });
      }
      if (tries === 20) clearInterval(timer);
    }, 100);
    return () => clearInterval(timer);
  }, [frame, field, selected]);
}

/** The left edge of the panel: dragged, or moved by arrow keys. */
function Resizer() {
  const { width, setWidth } = usePanes();
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label="Width of the panel"
      aria-valuenow={width}
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      className={classes.resizer}
      onKeyDown={(event) => {
        if (event.key === "ArrowLeft") setWidth(width + 24);
        else if (event.key === "ArrowRight") setWidth(width - 24);
        else return;
        event.preventDefault();
      }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) setWidth(window.innerWidth - event.clientX);
      }}
      onDoubleClick={() => setWidth(380)}
    />
  );
}

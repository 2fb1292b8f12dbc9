import { useHotkeys, useMediaQuery } from "@mantine/hooks";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ErrorNotice } from "../components/ErrorNotice";
import { Loading } from "../components/Loading";
import { useMay } from "../app/me";
import { useAttention } from "./attention";
import { BuilderHeader } from "./BuilderHeader";
import classes from "./BuilderPage.module.css";
import { nameFor } from "./canvas/clipboard";
import { type CanvasHandle, FlowCanvas } from "./canvas/FlowCanvas";
import { Palette } from "./canvas/Palette";
import { adding, triggerOf } from "./canvas/palette";
import { mainOutcome, outcomeOf } from "./canvas/ports";
import { type DraftHandle, useBlocks, useDraft } from "./draft";
import { type PanelTab, usePanes } from "./panes";
import { useRun } from "./run/use-run";
import { SidePanel } from "./SidePanel";
import type { Block, Fault } from "./types";

const FlowList = lazy(async () => ({ default: (await import("./canvas/FlowList")).FlowList }));
const FirstHints = lazy(async () => ({ default: (await import("./canvas/FirstHints")).FirstHints }));
const DraftConflict = lazy(async () => ({ default: (await import("./DraftConflict")).DraftConflict }));
const NarrowDrawers = lazy(async () => ({ default: (await import("./NarrowDrawers")).NarrowDrawers }));
const Shortcuts = lazy(async () => ({ default: (await import("./canvas/Shortcuts")).Shortcuts }));

const NO_BLOCKS: Block[] = [];

/** What keeps the text from being read at all, if anything does. */
function unreadable(faults: Fault[]): Fault | null {
  return faults.find(({ severity, step, field, line }) => severity === "error" && !step && !field && line !== null) ?? null;
}

/** The builder: palette, canvas and panel of one workflow's draft. */
export function BuilderPage() {
  const { name } = useParams({ strict: false }) as { name: string };
  return <Builder key={name} name={name} />;
}

function Builder({ name }: { name: string }) {
  const known = useDraft(name);
  const { draft, error, undo, redo, reload } = known;
  const blocks = useBlocks() ?? NO_BLOCKS;
  const editable = useMay("editor");
  const narrow = useMediaQuery("(max-width: 720px)", false, { getInitialValueInEffect: false });
  const panes = usePanes();
  const search = useSearch({ strict: false }) as { run?: string; step?: string };
  const navigate = useNavigate();
  const [chosen, setSelected] = useState<string | null>(search.step ?? null);
  const renamed = useRef(new Map<string, string>());
  const isThere = chosen === null || draft?.graph.steps.some((step) => step.id === chosen);
  // Whoever renames a step goes on with it, from the moment it is called otherwise.
  const selected = isThere ? chosen : (renamed.current.get(chosen) ?? chosen);
  const [tab, setTab] = useState<PanelTab>("settings");
  const [field, setField] = useState<string | null>(null);
  const [drawer, setDrawer] = useState<"panel" | "palette" | null>(null);
  const [help, setHelp] = useState(false);
  const canvas = useRef<CanvasHandle>(null);
  const keep = known.edit;
  const edit = useCallback<DraftHandle["edit"]>(
    async (edits, options) => {
      const renames = edits.filter((one) => one.op === "rename_step");
      for (const { from, to } of renames) renamed.current.set(from, to);
      const made = await keep(edits, options);
      for (const { from, to } of renames) {
        setSelected((now) => (now === from ? to : now));
        renamed.current.delete(from);
      }
      return made;
    },
    [keep],
  );
  const handle = { ...known, edit };
  const watched = useRun(search.run ?? null, draft?.graph);

  const watch = useCallback(
    (run: string | undefined) => void navigate({ to: ".", search: (before) => ({ ...before, run }), replace: true }),
    [navigate],
  );
  const openPanel = useCallback(
    (which: PanelTab) => {
      setTab(which);
      if (narrow) setDrawer("panel");
      else usePanes.getState().setOpen(true);
    },
    [narrow],
  );
  const select = useCallback((id: string | null) => {
    setSelected(id);
    setField(null);
    // Whoever picks a step wants to see it; YAML and a run go along with the canvas and stay.
    if (id !== null) setTab((now) => (now === "versions" ? "settings" : now));
  }, []);
  const open = useCallback(
    (id: string) => {
      select(id);
      openPanel("settings");
      requestAnimationFrame(() => document.getElementById("builder-panel")?.focus());
    },
    [openPanel, select],
  );
  const goTo = useCallback(
    (fault: Fault) => {
      const trigger = /^triggers(?:\.|\[)(\d+)/.exec(fault.field ?? "");
      if (!fault.step && !fault.field && fault.line !== null) return openPanel("yaml");
      const node = fault.step ?? (trigger ? `trigger:${trigger[1]}` : null);
      setSelected(node);
      setField(fault.field);
      openPanel("settings");
      if (node) canvas.current?.reveal(node);
    },
    [openPanel],
  );
  const focusStep = useCallback(
    (id: string) => {
      setSelected(id);
      canvas.current?.reveal(id);
    },
    [],
  );

  const add = useCallback(
    async (type: string) => {
      if (!draft) return;
      setDrawer(null);
      const { graph } = draft;
      const trigger = triggerOf(type);
      if (trigger) {
        await edit([{ op: "set", path: ["triggers", graph.triggers.length], value: trigger }]);
        setSelected(`trigger:${graph.triggers.length}`);
      } else {
        const before = graph.steps.find((step) => step.id === selected);
        const entered = new Set(graph.edges.filter((edge) => edge.kind !== "trigger").map((edge) => edge.source));
        const last = before ?? graph.steps.findLast((step) => !entered.has(step.id)) ?? graph.steps.at(-1);
        const main = last ? mainOutcome(last.outcomes) : null;
        const outcome = last && main ? outcomeOf(`out:${main}`, last.outcomes) : null;
        const name = nameFor(type, graph.steps.map((known) => known.id));
        const { step, before: first } = adding(type, name, graph, blocks, last);
        const [made = name] = await edit([...first, { op: "add_step", step, ...(last ? { after: last.id, outcome } : {}) }]);
        setSelected(made);
        requestAnimationFrame(() => requestAnimationFrame(() => canvas.current?.reveal(made)));
      }
      openPanel("settings");
    },
    [blocks, draft, edit, openPanel, selected],
  );

  useHotkeys(
    [
      ["mod+Z", undo],
      ["mod+shift+Z", redo],
      ["mod+Y", redo],
      ["mod+S", () => undefined],
    ],
    ["INPUT", "TEXTAREA", "SELECT"],
  );
  useEffect(() => {
    const asked = (event: KeyboardEvent) => {
      const typed = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key === "?" && !typed) setHelp(true);
    };
    document.addEventListener("keydown", asked);
    return () => document.removeEventListener("keydown", asked);
  }, []);
  useEffect(() => {
    document.title = `${name} · Ringline`;
    return () => {
      document.title = "Ringline";
    };
  }, [name]);

  const states = watched.picture?.states;
  const taken = watched.picture?.taken;
  const faults = draft?.faults;
  const panelProps = useMemo(
    () => ({ tab, setTab, selected, field, blocks, focusStep }),
    [tab, selected, field, blocks, focusStep],
  );

  if (error && !draft) {
    return (
      <div style={{ padding: 24, maxWidth: 640 }}>
        <ErrorNotice error={error} retry={() => void reload()} />
      </div>
    );
  }
  if (!draft || !faults) return <Loading what="Loading the workflow" />;

  const panel = (
    <SidePanel
      {...panelProps}
      handle={handle}
      draft={draft}
      watched={watched}
      started={(id) => {
        watch(id);
        if (narrow) setDrawer(null);
      }}
      close={() => (narrow ? setDrawer(null) : panes.setOpen(false))}
    />
  );
  return (
    <div className={classes.page}>
      <BuilderHeader
        handle={handle}
        draft={draft}
        watched={watched}
        goTo={goTo}
        run={() => {
          useAttention.getState().ask();
          openPanel("test");
        }}
        endWatch={() => watch(undefined)}
        openPanel={() => (narrow || !panes.open ? openPanel(tab) : panes.setOpen(false))}
        openPalette={() => (narrow ? setDrawer("palette") : panes.setPalette(!panes.palette))}
        help={() => setHelp(true)}
        narrow={narrow ?? false}
      />
      <div className={classes.body}>
        {!narrow && panes.palette && editable && (
          <aside className={classes.palette} aria-label="What can be added">
            <Palette blocks={blocks} add={add} />
          </aside>
        )}
        <section className={classes.canvas} aria-label="Workflow">
          {panes.view === "list" ? (
            <Suspense fallback={<Loading />}>
              <FlowList graph={draft.graph} faults={faults} states={states} selected={selected} open={open} />
            </Suspense>
          ) : (
            <FlowCanvas
              handle={canvas}
              graph={draft.graph}
              positions={draft.positions}
              faults={faults}
              states={states}
              taken={taken}
              selected={selected}
              onSelect={select}
              onOpen={open}
              onEdit={editable ? edit : undefined}
              blocks={blocks}
            >
              {draft.graph.steps.length === 0 && editable && (
                <Suspense>
                  <FirstHints add={add} unreadable={unreadable(faults)} showText={() => openPanel("yaml")} />
                </Suspense>
              )}
            </FlowCanvas>
          )}
        </section>
        {!narrow && panes.open && panel}
      </div>
      <Suspense>
        {narrow && drawer !== null && (
          <NarrowDrawers
            opened={drawer}
            close={() => setDrawer(null)}
            panel={panel}
            palette={<Palette blocks={blocks} add={add} />}
          />
        )}
        {handle.conflict !== null && <DraftConflict name={name} />}
      </Suspense>
      <Suspense>{help && <Shortcuts opened close={() => setHelp(false)} />}</Suspense>
    </div>
  );
}

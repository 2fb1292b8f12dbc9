import { ActionIcon, Anchor, Button, Menu, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Link } from "@tanstack/react-router";
import {
  ArrowLeft,
  CircleAlert,
  Ellipsis,
  Keyboard,
  List,
  type LucideIcon,
  PanelLeft,
  PanelRight,
  Play,
  Plus,
  Redo2,
  Rocket,
  Smartphone,
  TriangleAlert,
  Undo2,
  Workflow,
  X,
} from "lucide-react";
import { useState } from "react";
import { ask } from "../api/client";
import { explain } from "../api/problem";
import { useMay, useMe } from "../app/me";
import { StatusPill } from "../components/StatusPill";
import classes from "./BuilderHeader.module.css";
import type { DraftHandle } from "./draft";
import { usePanes } from "./panes";
import { toneOfRun, type Watched } from "./run/use-run";
import { sessionOf } from "./session";
import type { Draft, Fault, Saving } from "./types";
import { WorkflowName } from "./WorkflowName";

interface BuilderHeaderProps {
  handle: DraftHandle;
  draft: Draft;
  watched: Watched;
  goTo: (fault: Fault) => void;
  run: () => void;
  endWatch: () => void;
  openPanel: () => void;
  openPalette: () => void;
  help: () => void;
  narrow: boolean;
}

/** What is being edited, whether it is saved and sound, and what can be done with the whole of it. */
export function BuilderHeader(props: BuilderHeaderProps) {
  const { handle, draft, watched, goTo, run, endWatch, openPanel, openPalette, help, narrow } = props;
  const { simulator } = useMe();
  const editable = useMay("editor");
  const panes = usePanes();
  const errors = draft.faults.filter((fault) => fault.severity === "error").length;
  return (
    <header className={classes.header}>
      <Tooltip label="All workflows" openDelay={300}>
        <ActionIcon component={Link} to="/workflows" variant="subtle" color="gray" size={34} aria-label="All workflows" className={classes.quiet}>
          <ArrowLeft size={18} />
        </ActionIcon>
      </Tooltip>
      <div className={classes.words}>
        <WorkflowName key={draft.name} draft={draft} editable={editable} />
        <div className={classes.state}>
          <span role="status">{savedWords(handle.saving)}</span>
          <span aria-hidden> · </span>
          <span>{versionWords(draft)}</span>
        </div>
      </div>
      {watched.run && (
        <div className={classes.watch}>
          <StatusPill tone={toneOfRun(watched.run.status)}>Run {watched.run.status}</StatusPill>
          <Anchor component={Link} to={`/runs/${watched.run.id}`} size="sm" className={classes.wide}>
            Open the run
          </Anchor>
          {simulator && (
            <Anchor component={Link} to="/phone" target="_blank" size="sm" className={classes.wide}>
              <Smartphone size={14} aria-hidden /> Phone
            </Anchor>
          )}
          <ActionIcon variant="subtle" color="gray" size={26} aria-label="Stop showing this run" onClick={endWatch} className={classes.quiet}>
            <X size={15} />
          </ActionIcon>
        </div>
      )}
      <div className={classes.tools}>
        <Faults faults={draft.faults} empty={draft.graph.steps.length === 0} goTo={goTo} />
        {editable && !narrow && (
          <>
            <Tool label="Undo" keys="Ctrl Z" icon={Undo2} act={handle.undo} disabled={!handle.canUndo} />
            <Tool label="Redo" keys="Ctrl Shift Z" icon={Redo2} act={handle.redo} disabled={!handle.canRedo} />
          </>
        )}
        {editable && <Tool label={narrow ? "Add a step" : panes.palette ? "Hide the palette" : "Show the palette"} icon={narrow ? Plus : PanelLeft} act={openPalette} />}
        {!narrow && (
          <Tool
            label={panes.view === "list" ? "Show the canvas" : "Show as a list"}
            icon={panes.view === "list" ? Workflow : List}
            act={() => panes.setView(panes.view === "list" ? "canvas" : "list")}
          />
        )}
        <Tool label={!narrow && panes.open ? "Hide the panel" : "Show the panel"} icon={PanelRight} act={openPanel} />
        {!narrow && <Tool label="Keyboard shortcuts" keys="?" icon={Keyboard} act={help} />}
        {narrow && (
          <Menu position="bottom-end" width={210}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size={34} aria-label="More" className={classes.quiet}>
                <Ellipsis size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {editable && (
                <>
                  <Menu.Item onClick={handle.undo} disabled={!handle.canUndo} leftSection={<Undo2 size={15} />}>
                    Undo
                  </Menu.Item>
                  <Menu.Item onClick={handle.redo} disabled={!handle.canRedo} leftSection={<Redo2 size={15} />}>
                    Redo
                  </Menu.Item>
                </>
              )}
              <Menu.Item
                onClick={() => panes.setView(panes.view === "list" ? "canvas" : "list")}
                leftSection={panes.view === "list" ? <Workflow size={15} /> : <List size={15} />}
              >
                {panes.view === "list" ? "Show the canvas" : "Show as a list"}
              </Menu.Item>
              {editable && <PublishItem draft={draft} errors={errors} />}
            </Menu.Dropdown>
          </Menu>
        )}
        {editable && !narrow && <PublishButton draft={draft} errors={errors} />}
        {editable && (
          <Button size="sm" onClick={run} leftSection={<Play size={15} aria-hidden />} className={classes.run}>
            Run
          </Button>
        )}
      </div>
    </header>
  );
}

function Tool({ label, keys, icon: Icon, act, disabled }: { label: string; keys?: string; icon: LucideIcon; act: () => void; disabled?: boolean }) {
  return (
    <Tooltip label={keys ? `${label} (${keys})` : label} openDelay={300}>
      <ActionIcon variant="subtle" color="gray" size={34} aria-label={label} onClick={act} disabled={disabled} className={classes.quiet}>
        <Icon size={18} strokeWidth={1.8} />
      </ActionIcon>
    </Tooltip>
  );
}

/** How many faults there are; the list leads to node and field. */
function Faults({ faults, empty, goTo }: { faults: Fault[]; empty: boolean; goTo: (fault: Fault) => void }) {
  const errors = faults.filter((fault) => fault.severity === "error").length;
  if (faults.length === 0) return <span className={classes.sound}>{empty ? "" : "No faults"}</span>;
  const words = errors > 0 ? (errors === 1 ? "1 fault" : `${errors} faults`) : faults.length === 1 ? "1 hint" : `${faults.length} hints`;
  return (
    <Menu position="bottom-end" width={400} shadow="md" withinPortal>
      <Menu.Target>
        <button type="button" className={classes.faults} data-tone={errors > 0 ? "bad" : "wait"} aria-label={`${words}: show them`}>
          {errors > 0 ? <CircleAlert size={15} aria-hidden /> : <TriangleAlert size={15} aria-hidden />}
          {words}
        </button>
      </Menu.Target>
      <Menu.Dropdown className={classes.faultList}>
        {[...faults].sort((one, other) => rank(one) - rank(other)).map((fault, index) => (
          <Menu.Item key={`${fault.code}-${index}`} onClick={() => goTo(fault)} className={classes.fault}>
            <span className={classes.where} data-tone={fault.severity === "error" ? "bad" : "wait"}>
              {fault.severity === "error" ? "Fault" : "Hint"}
              {fault.step ? ` in ${fault.step}` : ""}
              {fault.field ? `, ${fault.field}` : ""}
            </span>
            <span className={classes.sentence}>{fault.message}</span>
            {fault.fix && <span className={classes.fix}>{fault.fix}</span>}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function rank(fault: Fault): number {
  return fault.severity === "error" ? 0 : 1;
}

function usePublish(draft: Draft): { publish: () => void; busy: boolean } {
  const [busy, setBusy] = useState(false);
  const publish = async () => {
    setBusy(true);
    const session = sessionOf(draft.name);
    try {
      if (!(await session.settled())) return;
      const saved = session.store.getState().saved ?? draft;
      const { draft: published, version } = await ask<{ draft: Draft; version: number }>(`/api/v1/drafts/${encodeURIComponent(draft.name)}/publish`, {
        method: "POST",
        headers: { "If-Match": `"${saved.etag}"` },
      });
      session.replace(published);
      notifications.show({ color: "green", title: `Version ${version} is in force`, message: "Triggers and new runs use it from now on." });
    } catch (error) {
      const { sentence, fix } = explain(error);
      notifications.show({ color: "red", title: sentence, message: fix });
    } finally {
      setBusy(false);
    }
  };
  return { publish: () => void publish(), busy };
}

function PublishButton({ draft, errors }: { draft: Draft; errors: number }) {
  const { publish, busy } = usePublish(draft);
  const why = errors > 0 ? "Mend the faults first" : draft.graph.steps.length === 0 ? "Add a step first" : draft.changed ? "Make this the version that runs" : "Nothing has changed since it was published";
  return (
    <Tooltip label={why} openDelay={300}>
      <Button
        size="sm"
        variant="default"
        onClick={publish}
        loading={busy}
        disabled={errors > 0 || !draft.changed || draft.graph.steps.length === 0}
        leftSection={<Rocket size={15} aria-hidden />}
      >
        Publish
      </Button>
    </Tooltip>
  );
}

function PublishItem({ draft, errors }: { draft: Draft; errors: number }) {
  const { publish, busy } = usePublish(draft);
  return (
    <Menu.Item onClick={publish} disabled={busy || errors > 0 || !draft.changed || draft.graph.steps.length === 0} leftSection={<Rocket size={15} />}>
      Publish
    </Menu.Item>
  );
}

function savedWords(saving: Saving): string {
  switch (saving) {
    case "saved":
      return "All changes saved";
    case "saving":
      return "Saving…";
    case "conflict":
      return "Somebody else changed it";
    case "failed":
      return "Not saved, trying again";
  }
}

function versionWords(draft: Draft): string {
  if (draft.published === null) return "Never published";
  return draft.changed ? `Changed since version ${draft.published}` : `Version ${draft.published} is in force`;
}

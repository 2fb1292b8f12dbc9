import { ActionIcon, Anchor, Button, Menu, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import {
  ArrowLeft,
  CircleAlert,
  CircleDashed,
  Ellipsis,
  Keyboard,
  List,
  type LucideIcon,
  PanelLeft,
  PanelRight,
  Play,
  Plus,
  Redo2,
  Smartphone,
  TriangleAlert,
  Undo2,
  Workflow,
  X,
} from "lucide-react";
import { useMay, useMe } from "../app/me";
import { StatusPill } from "../components/StatusPill";
import { faultWords, kindOf, rankOf } from "./attention";
import classes from "./BuilderHeader.module.css";
import type { DraftHandle } from "./draft";
import { usePanes } from "./panes";
import { PublishButton, PublishItem } from "./Publish";
import { runnable } from "./run/runnable";
import { toneOfRun, type Watched } from "./run/use-run";
import { Sentence } from "./Sentence";
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
  const { simulator, role } = useMe();
  const editable = useMay("editor");
  const panes = usePanes();
  const isEmpty = draft.graph.steps.length === 0;
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
        <Faults faults={draft.faults} empty={isEmpty} goTo={goTo} />
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
              {editable && <PublishItem draft={draft} goTo={goTo} />}
            </Menu.Dropdown>
          </Menu>
        )}
        {editable && !narrow && <PublishButton draft={draft} goTo={goTo} />}
        {runnable(draft, role) && (
          <Tooltip label="Add a step first" disabled={!isEmpty} openDelay={300}>
            <Button
              size="sm"
              onClick={(event) => (isEmpty ? event.preventDefault() : run())}
              data-disabled={isEmpty || undefined}
              aria-disabled={isEmpty}
              leftSection={<Play size={15} aria-hidden />}
              className={classes.run}
            >
              Run
            </Button>
          </Tooltip>
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
  const found = faultWords(faults);
  if (found === null) return <span className={classes.sound}>{empty ? "" : "No faults"}</span>;
  const { tone, words } = found;
  const Icon = tone === "bad" ? CircleAlert : tone === "busy" ? CircleDashed : TriangleAlert;
  return (
    <Menu position="bottom-end" width={400} shadow="md" withinPortal>
      <Menu.Target>
        <button type="button" className={classes.faults} data-tone={tone} aria-label={`${words}: show them`}>
          <Icon size={15} aria-hidden />
          {words}
        </button>
      </Menu.Target>
      <Menu.Dropdown className={classes.faultList}>
        {[...faults].sort((one, other) => rankOf(one) - rankOf(other)).map((fault, index) => (
          <Menu.Item key={`${fault.code}-${index}`} onClick={() => goTo(fault)} className={classes.fault}>
            <span className={classes.where} data-tone={kindOf(fault).tone}>
              {kindOf(fault).word}
              {fault.step ? ` in ${fault.step}` : ""}
              {fault.field ? `, ${fault.field}` : ""}
            </span>
            <span className={classes.sentence}>
              <Sentence>{fault.message}</Sentence>
            </span>
            {fault.fix && (
              <span className={classes.fix}>
                <Sentence>{fault.fix}</Sentence>
              </span>
            )}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
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

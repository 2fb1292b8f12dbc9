import { Kbd, Modal } from "@mantine/core";
import classes from "./Shortcuts.module.css";

const KEYS: [what: string, ...keys: string[]][] = [
  ["Go along the workflow", "↑", "↓", "←", "→"],
  ["Next, previous node", "Tab", "Shift Tab"],
  ["Open the settings", "Enter"],
  ["Connect to…", "C"],
  ["Menu of the node", "M"],
  ["Delete", "Del"],
  ["Copy, cut, paste", "Ctrl C", "Ctrl X", "Ctrl V"],
  ["Duplicate", "Ctrl D"],
  ["Select all", "Ctrl A"],
  ["Select several", "Ctrl click", "Shift drag"],
  ["Move a node", "Alt + arrows"],
  ["Arrange the steps", "L"],
  ["Undo, redo", "Ctrl Z", "Ctrl Shift Z"],
  ["Select nothing", "Esc"],
  ["These keys", "?"],
];

/** The keys of the canvas. */
export function Shortcuts({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal opened={opened} onClose={close} title="Keyboard" centered size="md">
      <dl className={classes.keys}>
        {KEYS.map(([what, ...keys]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>
              {keys.map((key) => (
                <Kbd key={key} size="sm">
                  {key}
                </Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <p className={classes.note}>On a Mac, Ctrl is ⌘. Copied steps can be pasted into another workflow, or into another tab.</p>
    </Modal>
  );
}

import { ActionIcon, Paper, Popover, Textarea, TextInput, Tooltip } from "@mantine/core";
import { Braces } from "lucide-react";
import { useId, useRef, useState, type KeyboardEvent } from "react";
import { useForm } from "../context";
import type { Described } from "./FieldFrame";
import classes from "./fields.module.css";
import { chosen, openExpression, suggestions, type Suggestion } from "./completion";

/** A text whose gaps `{{ }}` are completed with what the flow knows at this step. */
export function TemplateInput({
  value,
  onChange,
  label,
  described,
  multiline = false,
  placeholder,
  names,
  helpers = true,
}: {
  value: string;
  onChange: (text: string) => void;
  label: string;
  described?: Described;
  multiline?: boolean;
  placeholder?: string;
  /** In place of the flow's variables: names as they are written between the braces. */
  names?: readonly string[];
  helpers?: boolean;
}) {
  const { variables, vocabulary } = useForm();
  const input = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const [active, setActive] = useState(0);
  const list = useId();

  const open = caret === null ? null : openExpression(value, caret);
  const found = open === null ? [] : suggestions(open.typed, names ?? variables, helpers ? vocabulary : null);
  const isOpen = found.length > 0;
  const current = Math.min(active, found.length - 1);

  const look = () => {
    setCaret(input.current?.selectionStart ?? null);
    setActive(0);
  };
  const write = (text: string, at: number) => {
    onChange(text);
    setCaret(at);
    setActive(0);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(at, at);
    });
  };
  const take = (one: Suggestion) => {
    if (open === null || caret === null) return;
    const done = chosen(value, open.start, caret, one);
    write(done.text, done.caret);
    setCaret(null);
  };
  const begin = () => {
    const at = input.current?.selectionStart ?? value.length;
    const where = document.activeElement === input.current || caret !== null ? at : value.length;
    write(`${value.slice(0, where)}{{${value.slice(where)}`, where + 2);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) return;
    const one = found[current];
    if (event.key === "ArrowDown") setActive((current + 1) % found.length);
    else if (event.key === "ArrowUp") setActive((current + found.length - 1) % found.length);
    else if ((event.key === "Enter" || event.key === "Tab") && one !== undefined) take(one);
    else if (event.key === "Escape") setCaret(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const common = {
    ref: input,
    value,
    placeholder,
    onChange: (event: { currentTarget: { value: string } }) => {
      onChange(event.currentTarget.value);
      look();
    },
    onKeyDown,
    onClick: look,
    onBlur: () => setCaret(null),
    spellCheck: multiline,
    autoComplete: "off",
    rightSection: (
      <Tooltip label="Insert a variable">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Insert a variable into ${label}`}
          onMouseDown={(event) => event.preventDefault()}
          onClick={begin}
        >
          <Braces size={15} />
        </ActionIcon>
      </Tooltip>
    ),
    ...(described ?? { "aria-label": label }),
    "aria-autocomplete": "list" as const,
    "aria-controls": isOpen ? list : undefined,
    "aria-activedescendant": isOpen ? `${list}-${current}` : undefined,
  };

  return (
    <Popover
      opened={isOpen}
      position="bottom-start"
      width="target"
      withinPortal
      withRoles={false}
      trapFocus={false}
      returnFocus={false}
    >
      <Popover.Target>
        <div className={classes.template}>
          {multiline ? <Textarea {...common} autosize minRows={3} maxRows={14} /> : <TextInput {...common} />}
        </div>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <Paper id={list} role="listbox" aria-label={`Variables for ${label}`} className={classes.suggestions}>
          {found.map((one, index) => (
            <div
              key={`${one.group}-${one.insert}`}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === current}
              ref={index === current ? intoView : undefined}
              onMouseDown={(event) => {
                event.preventDefault();
                take(one);
              }}
            >
              <code>{one.label}</code>
              <span className={classes.suggestionDetail}>{one.detail}</span>
            </div>
          ))}
        </Paper>
      </Popover.Dropdown>
    </Popover>
  );
}

function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}

import { Textarea, TextInput, type TextInputProps } from "@mantine/core";
import { useState } from "react";

/** A text that is kept when somebody leaves the input or presses Enter, for what others refer to. */
export function LateInput({
  value,
  onKeep,
  multiline = false,
  wrong,
  ...rest
}: Omit<TextInputProps, "value" | "onChange" | "onBlur" | "onKeyDown" | "error"> & {
  value: string;
  onKeep: (text: string) => void;
  multiline?: boolean;
  /** What is wrong with a text; then it is not kept. */
  wrong?: (text: string) => string | null;
}) {
  const [typed, setTyped] = useState<{ text: string; of: string } | null>(null);
  const text = typed !== null && typed.of === value ? typed.text : value;
  const problem = text === value ? null : (wrong?.(text.trim()) ?? null);
  const keep = () => {
    if (problem === null && text !== value) onKeep(text.trim());
  };
  const props = {
    value: text,
    error: problem,
    onChange: (event: { currentTarget: { value: string } }) => setTyped({ text: event.currentTarget.value, of: value }),
    onBlur: keep,
  };
  return multiline ? (
    <Textarea label={rest.label} description={rest.description} placeholder={rest.placeholder} autosize minRows={2} {...props} />
  ) : (
    <TextInput
      {...rest}
      {...props}
      onKeyDown={(event) => {
        if (event.key === "Enter") keep();
        if (event.key === "Escape") setTyped(null);
      }}
    />
  );
}

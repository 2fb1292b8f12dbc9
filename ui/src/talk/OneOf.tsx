import { Select } from "@mantine/core";

/** Narrows a list to one of some states, or to none of them. */
export function OneOf({
  label,
  any,
  of,
  value,
  onChange,
}: {
  label: string;
  /** What stands there while nothing is chosen. */
  any: string;
  of: { value: string; label: string }[];
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  return (
    <Select
      aria-label={label}
      placeholder={any}
      clearable
      data={of}
      value={value ?? null}
      onChange={(chosen) => onChange(chosen ?? undefined)}
    />
  );
}

import { CloseButton, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { useSettled } from "./list";

/** A box to search in; *onSearch* is called when the words have stood still for a moment. */
export function SearchBox({
  label,
  placeholder,
  initial = "",
  onSearch,
}: {
  label: string;
  placeholder: string;
  initial?: string;
  onSearch: (text: string) => void;
}) {
  const [text, setText] = useState(initial);
  const settled = useSettled(text);
  useEffect(() => onSearch(settled.trim()), [settled, onSearch]);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={placeholder}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      leftSection={<Search size={16} aria-hidden />}
      rightSection={text ? <CloseButton size="sm" aria-label="Clear the search" onClick={() => setText("")} /> : null}
    />
  );
}

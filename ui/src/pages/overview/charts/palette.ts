import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { Meaning } from "../words";

export interface Palette {
  scheme: "light" | "dark";
  text: string;
  quiet: string;
  line: string;
  surface: string;
  of: (meaning: Meaning) => string;
}

/** The colours of the theme as charts need them: by value, since they draw outside of the style sheet. */
export function usePalette(): Palette {
  const scheme = useComputedColorScheme("light");
  return useMemo(() => {
    const style = getComputedStyle(document.documentElement);
    const value = (name: string) => style.getPropertyValue(name).trim() || "#888";
    return {
      scheme,
      text: value("--rl-text"),
      quiet: value("--rl-quiet"),
      line: value("--rl-line"),
      surface: value("--rl-raised"),
      of: (meaning) => value(`--rl-${meaning}`),
    };
  }, [scheme]);
}

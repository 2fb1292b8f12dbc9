import { create } from "zustand";
import { persist } from "zustand/middleware";

export type PanelTab = "settings" | "yaml" | "test" | "versions";

interface Panes {
  /** Width of the panel, in pixels. */
  width: number;
  open: boolean;
  palette: boolean;
  view: "canvas" | "list";
  setWidth: (width: number) => void;
  setOpen: (open: boolean) => void;
  setPalette: (palette: boolean) => void;
  setView: (view: "canvas" | "list") => void;
}

export const NARROWEST = 300;
export const WIDEST = 760;

/** How somebody has arranged the builder; it stays so in this browser. */
export const usePanes = create<Panes>()(
  persist(
    (set) => ({
      width: 368,
      open: true,
      palette: true,
      view: "canvas",
      setWidth: (width) => set({ width: Math.round(Math.min(WIDEST, Math.max(NARROWEST, width))) }),
      setOpen: (open) => set({ open }),
      setPalette: (palette) => set({ palette }),
      setView: (view) => set({ view }),
    }),
    { name: "ringline.builder" },
  ),
);

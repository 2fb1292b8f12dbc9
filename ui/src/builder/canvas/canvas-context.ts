import { createContext, useContext } from "react";

interface CanvasActions {
  /** Ask where a step's outcome is to lead, by a menu instead of the mouse. */
  connectFrom: (step: string) => void;
}

export const CanvasContext = createContext<CanvasActions>({ connectFrom: () => undefined });

/** What a node may ask of the canvas it is drawn on. */
export function useCanvas(): CanvasActions {
  return useContext(CanvasContext);
}

import { useStore } from "@xyflow/react";
import { useEffect } from "react";
import classes from "./FlowCanvas.module.css";

/** Marks on the canvas how it is seen, for its styles: from far, where letters nobody can read are not painted, and
 * while a connection is drawn, where steps show that they can be its end. */
export function Marks({ of }: { of: React.RefObject<HTMLDivElement | null> }) {
  const far = useStore((state) => state.transform[2] < 0.36);
  const connecting = useStore((state) => state.connection.inProgress);
  useEffect(() => {
    of.current?.toggleAttribute("data-far", far);
  }, [of, far]);
  useEffect(() => {
    of.current?.toggleAttribute("data-connecting", connecting);
  }, [of, connecting]);
  return null;
}

/** The head of every edge, drawn once; it takes the colour of the line it ends. */
export function Arrow() {
  return (
    <svg className={classes.arrow} aria-hidden>
      <defs>
        <marker id="flow-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto">
          <path d="M1.5 1.5 9 5 1.5 8.500" fill="none" stroke="context-stroke" strokeWidth="1.800" strokeLinecap="round" />
        </marker>
      </defs>
    </svg>
  );
}

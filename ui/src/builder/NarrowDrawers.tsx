import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";

interface NarrowDrawersProps {
  opened: "panel" | "palette" | null;
  close: () => void;
  panel: ReactNode;
  palette: ReactNode;
}

/** Panel and palette where there is no room for them beside the canvas: on a phone. */
export function NarrowDrawers({ opened, close, panel, palette }: NarrowDrawersProps) {
  return (
    <>
      <Drawer
        opened={opened === "panel"}
        onClose={close}
        position="bottom"
        size="82%"
        withCloseButton={false}
        padding={0}
        attributes={{ content: { "aria-label": "Settings, text, test and versions" } }}
      >
        {panel}
      </Drawer>
      <Drawer opened={opened === "palette"} onClose={close} position="left" size="86%" title="Add to the workflow" padding="xs">
        {palette}
      </Drawer>
    </>
  );
}

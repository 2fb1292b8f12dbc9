import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Download } from "lucide-react";
import { useState } from "react";
import { ask } from "../../api/client";
import { useMe } from "../../app/me";
import { complain } from "./Dialler";
import { useZone } from "./screens";

interface Saved {
  file: string;
  yaml: string;
  /** Whether it was played and came out as it had. */
  plays: boolean;
  seconds: number;
  why: string;
}

/** Download what has happened here as a scenario file that `ringline test` plays. */
export function SaveScenario({ phone, as = "wide" }: { phone: string; as?: "wide" | "small" | "icon" }) {
  const [busy, setBusy] = useState(false);
  const { alone } = useMe();
  const zone = useZone();
  if (alone) return null;
  const save = async () => {
    setBusy(true);
    try {
      const saved = await ask<Saved>("/_simulator/scenario", { json: { phone, zone } });
      download(saved.file, saved.yaml);
      notifications.show(
        saved.plays
          ? { color: "green", title: `Saved ${saved.file}`, message: `Played back green in ${saved.seconds.toFixed(1)} s.` }
          : { color: "yellow", title: `Saved ${saved.file}, which needs a hand`, message: saved.why },
      );
    } catch (error) {
      complain(error);
    } finally {
      setBusy(false);
    }
  };
  if (as === "icon") {
    return (
      <Tooltip label="Save as a scenario file">
        <ActionIcon
          variant="subtle"
          size={36}
          radius="xl"
          loading={busy}
          onClick={() => void save()}
          aria-label="Save this conversation as a scenario file"
        >
          <Download size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
    );
  }
  return (
    <Button
      size={as === "small" ? "compact-sm" : "sm"}
      radius="xl"
      variant={as === "small" ? "default" : "light"}
      leftSection={<Download size={15} aria-hidden />}
      loading={busy}
      onClick={() => void save()}
      fullWidth={as === "wide"}
    >
      Save as a scenario
    </Button>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}

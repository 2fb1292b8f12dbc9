import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { Graph, StepNode } from "../types";
import { leavingOf } from "./layout";
import { outcomeOf, portsOf } from "./ports";

/** What is to be connected; the target where it is known already. */
export interface Wish {
  source: string;
  target?: string;
}

interface ConnectDialogProps {
  graph: Graph;
  wish: Wish;
  close: () => void;
  connect: (source: string, outcome: string | null, target: string) => void;
}

/** Connecting two steps by naming them: for the keyboard, and for what lies far apart. */
export function ConnectDialog({ graph, wish, close, connect }: ConnectDialogProps) {
  const source = graph.steps.find((step) => step.id === wish.source);
  const { shown, more } = source
    ? portsOf(source, leavingOf(graph.edges).get(source.id) ?? [])
    : { shown: [], more: [] };
  const ports = wish.target ? [...more, ...shown] : [...shown, ...more];
  const [port, setPort] = useState<string | null>(ports[0]?.id ?? null);
  const [target, setTarget] = useState<string | null>(wish.target ?? null);
  if (!source) return null;
  const targets = graph.steps.filter((step) => step.id !== source.id).map(option);
  return (
    <Modal opened onClose={close} title={`Connect “${source.title}” to…`} centered returnFocus={false} size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!port || !target) return;
          connect(source.id, outcomeOf(port, source.outcomes), target);
          close();
        }}
      >
        <Stack gap="sm">
          <Select
            label="When it ends in"
            data={ports.map(({ id, word }) => ({ value: id, label: word }))}
            value={port}
            onChange={setPort}
            allowDeselect={false}
            data-autofocus={ports.length > 1 || undefined}
          />
          <Select
            label="go on with"
            placeholder="Choose a step"
            data={targets}
            value={target}
            onChange={setTarget}
            searchable
            nothingFoundMessage="No step is called so"
            data-autofocus={ports.length <= 1 || undefined}
          />
          {targets.length === 0 && (
            <Text size="sm" c="dimmed">
              There is no other step yet. Add one from the palette.
            </Text>
          )}
          <Group justify="flex-end" gap="xs" mt={4}>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" disabled={!port || !target}>
              Connect
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function option(step: StepNode) {
  return { value: step.id, label: step.title === step.id ? step.id : `${step.title} (${step.service})` };
}

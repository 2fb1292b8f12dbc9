import { Button, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { ask } from "../../api/client";
import type { components } from "../../api/schema";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Card } from "../../talk/Facts";

type Replayed = components["schemas"]["ReplayOut"];

/** Feeds the call's log through today's code, and says whether it would go the same way. */
export function Replay({ session }: { session: string }) {
  const replay = useMutation({ mutationFn: () => ask<Replayed>(`/api/v1/sessions/${session}/replay`) });
  return (
    <Card title="Replay">
      <Text size="sm" c="dimmed" mb="sm">
        Would the same words lead the same way today? Nobody is called, and nothing is changed.
      </Text>
      <Button
        variant="default"
        size="xs"
        leftSection={<RotateCcw size={14} aria-hidden />}
        loading={replay.isPending}
        onClick={() => replay.mutate()}
      >
        Replay it
      </Button>
      {replay.error && <ErrorNotice error={replay.error} />}
      {replay.data && (
        <Text size="sm" mt="sm" role="status">
          {verdict(replay.data)}
        </Text>
      )}
    </Card>
  );
}

function verdict(found: Replayed): string {
  if (found.stopped) return `It could be followed only in part: ${found.stopped}`;
  const count = found.differences.length;
  if (count === 0) return `All ${found.events} events lead where they led then.`;
  const first = found.differences[0];
  return `${count} of ${found.events} events would lead elsewhere, the first being number ${first?.seq ?? 0}.`;
}

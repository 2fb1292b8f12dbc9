import { Button, Group, Modal, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { ask } from "../../api/client";
import { explain } from "../../api/problem";
import type { WorkflowRow } from "./rows";

interface DeleteWorkflowProps {
  row: WorkflowRow;
  opened: boolean;
  close: () => void;
  done: () => void;
}

/** Asks once more, and says what goes on. */
export function DeleteWorkflow({ row, opened, close, done }: DeleteWorkflowProps) {
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    try {
      await ask(`/api/v1/drafts/${encodeURIComponent(row.name)}/workflow`, { method: "DELETE" });
      close();
      done();
    } catch (error) {
      const { sentence, fix } = explain(error);
      notifications.show({ color: "red", title: sentence, message: fix });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened={opened} onClose={close} title={`Delete ${row.name}?`}>
      <Text size="sm">
        {row.published !== null && "It is in force: from now on nothing starts it. "}
        {row.version !== null ? "Runs that have begun go to their end, and stay in the list of runs. " : ""}
        {row.has_draft && "What was edited and not published is gone."}
      </Text>
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={close} data-autofocus>
          Keep it
        </Button>
        <Button color="red" loading={busy} onClick={() => void remove()}>
          Delete
        </Button>
      </Group>
    </Modal>
  );
}

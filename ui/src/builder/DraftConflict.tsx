import { Button, Group, Modal, Stack, Tabs, Text } from "@mantine/core";
import { useStore } from "zustand";
import { sessionOf } from "./session";
import { DiffView } from "./versions/DiffView";

/** Asks what becomes of edits that could not be saved because somebody else saved first. */
export function DraftConflict({ name }: { name: string }) {
  const session = sessionOf(name);
  const conflict = useStore(session.store, (state) => state.conflict);
  return (
    <Modal
      opened={conflict !== null}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      size="lg"
      title="Somebody else has changed this workflow"
    >
      {conflict && (
        <Stack gap="md">
          <Text size="sm">
            They saved while you were editing, so your last changes are not saved yet. Look at both, then decide.
          </Text>
          <Tabs defaultValue="theirs" keepMounted={false}>
            <Tabs.List>
              <Tabs.Tab value="theirs">What they changed</Tabs.Tab>
              <Tabs.Tab value="yours">What you changed</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="theirs" pt="sm">
              <DiffView diff={conflict.base_diff} label="What they changed, line by line" />
            </Tabs.Panel>
            <Tabs.Panel value="yours" pt="sm">
              <DiffView diff={conflict.your_diff} label="What you changed, line by line" />
            </Tabs.Panel>
          </Tabs>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={session.takeTheirs}>
              Drop mine
            </Button>
            <Button onClick={session.keepMine} data-autofocus>
              Make my changes on top of theirs
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

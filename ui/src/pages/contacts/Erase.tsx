import { Button, Group, List, Modal, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ask } from "../../api/client";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Card } from "../../talk/Facts";
import type { Contact } from "../../talk/shapes";

/** Forgets a person for good, once the one who asks for it has typed the word. */
export function Erase({ contact }: { contact: Contact }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [opened, setOpened] = useState(false);
  const [word, setWord] = useState("");
  const erase = useMutation({
    mutationFn: () =>
      ask<{ forgotten: Record<string, number> }>(`/api/v1/contacts/${encodeURIComponent(contact.id)}/erase`, {
        method: "POST",
      }),
    onSuccess: async ({ forgotten }) => {
      const rows = Object.values(forgotten).reduce((sum, count) => sum + count, 0);
      notifications.show({ message: `Forgotten: ${rows} ${rows === 1 ? "entry" : "entries"}.` });
      await navigate({ to: "/contacts" });
      await queries.invalidateQueries();
    },
  });
  const name = contact.name ?? "this person";
  return (
    <Card title="Forget them">
      <Text size="sm" c="dimmed" mb="sm">
        For when a person asks to be erased. It cannot be undone.
      </Text>
      <Button variant="light" color="red" size="xs" onClick={() => setOpened(true)}>
        Erase {name}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`Erase ${name}?`} centered>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            erase.mutate();
          }}
        >
          <Stack gap="sm">
            <Text size="sm">For good, and nobody can bring it back:</Text>
            <List size="sm" spacing={4}>
              <List.Item>the contact, with numbers, fields and lists</List.Item>
              <List.Item>the texts of all messages to them and from them; what still waits is not sent</List.Item>
              <List.Item>what was said in calls and interviews, and recordings; a call that goes on is hung up</List.Item>
              <List.Item>their place in broadcasts, the conversation in the inbox, and the words it is found by</List.Item>
            </List>
            <Text size="sm">
              What stays: their opt-outs, or they would be written to again; and that messages and calls went to the
              number, without what was said, so that they can be counted.
            </Text>
            <TextInput
              label="Type ERASE to go on"
              autoComplete="off"
              value={word}
              onChange={(event) => setWord(event.currentTarget.value)}
            />
            {erase.error && <ErrorNotice error={erase.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setOpened(false)}>
                Keep them
              </Button>
              <Button type="submit" color="red" disabled={word !== "ERASE"} loading={erase.isPending}>
                Erase for good
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </Card>
  );
}

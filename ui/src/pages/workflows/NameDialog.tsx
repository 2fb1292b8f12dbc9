import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { explain } from "../../api/problem";

interface NameDialogProps {
  opened: boolean;
  close: () => void;
  title: string;
  action: string;
  start: string;
  about?: string;
  keep: (name: string) => Promise<void>;
}

/** Asks for a workflow's name; what is wrong with one stands beneath the field. */
export function NameDialog({ opened, close, title, action, start, about, keep }: NameDialogProps) {
  const [name, setName] = useState(start);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (!opened) return;
    setName(start);
    setError(null);
  }, [opened, start]);
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await keep(name.trim());
    } catch (failure) {
      const { sentence, fix } = explain(failure);
      setError(`${sentence} ${fix}`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened={opened} onClose={close} title={title}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          {about && <Text size="sm">{about}</Text>}
          <TextInput
            label="Name"
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
              setError(null);
            }}
            error={error}
            required
            data-autofocus
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} disabled={name.trim() === ""}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

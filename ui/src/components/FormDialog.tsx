import { Button, Group, Modal, Stack } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { ErrorNotice } from "./ErrorNotice";

/** A dialog with something to fill in; what was refused stands above the buttons, where the eyes are. */
export function FormDialog({
  opened,
  title,
  action,
  size,
  busy = false,
  incomplete = false,
  error,
  onSubmit,
  onClose,
  children,
}: {
  opened: boolean;
  title: string;
  /** The word on the button that does it. */
  action: string;
  size?: string;
  busy?: boolean;
  /** Whether something is still missing, so that it cannot be done yet. */
  incomplete?: boolean;
  error?: unknown;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={size}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {children}
          {Boolean(error) && <ErrorNotice error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} disabled={incomplete}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

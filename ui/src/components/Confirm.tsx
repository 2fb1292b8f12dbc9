import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { ErrorNotice } from "./ErrorNotice";

/** Asks once more before something is done, most of all before what cannot be undone. */
export function Confirm({
  opened,
  title,
  children,
  action,
  harmless = false,
  onConfirm,
  onClose,
  busy = false,
  error,
}: {
  opened: boolean;
  title: string;
  children: ReactNode;
  /** What the button says that does it. */
  action: string;
  /** Whether it takes nothing away. */
  harmless?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  busy?: boolean;
  error?: unknown;
}) {
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <Stack gap="md">
        <Text size="sm" component="div">
          {children}
        </Text>
        {error !== undefined && error !== null && <ErrorNotice error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {harmless ? "Not now" : "Keep it"}
          </Button>
          <Button color={harmless ? undefined : "red.9"} onClick={onConfirm} loading={busy}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

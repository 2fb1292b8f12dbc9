import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from "@mantine/core";
import { Check, Copy } from "lucide-react";

/** A secret that is shown this once, with a way to take it along. */
export function SecretOnce({
  title,
  about,
  secret,
  onClose,
}: {
  title: string;
  about: string;
  secret: string | null;
  onClose: () => void;
}) {
  return (
    <Modal opened={secret !== null} onClose={onClose} title={title} closeOnClickOutside={false} size="lg">
      <Stack gap="sm">
        <Text size="sm">{about}</Text>
        <Group gap="xs" wrap="nowrap" align="stretch">
          <Code block flex={1} style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap", fontSize: 14 }}>
            {secret}
          </Code>
          <CopyButton value={secret ?? ""} timeout={3000}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                h="auto"
                onClick={copy}
                leftSection={copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
              >
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
        </Group>
        <Alert color="yellow" variant="light">
          It is shown this once and kept nowhere. Whoever loses it gets a new one.
        </Alert>
        <Group justify="flex-end">
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

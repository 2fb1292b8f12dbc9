import { Alert, Button, Text } from "@mantine/core";
import { explain } from "../api/problem";

/** What went wrong, in the server's words, and what to do about it. */
export function ErrorNotice({ error, retry }: { error: unknown; retry?: () => void }) {
  const { sentence, fix } = explain(error);
  return (
    <Alert color="red" variant="light" title={sentence} role="alert">
      {fix && <Text size="sm">{fix}</Text>}
      {retry && (
        <Button mt="xs" size="xs" variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

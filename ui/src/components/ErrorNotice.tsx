import { Alert, Button, Text } from "@mantine/core";
import { explain, ProblemError } from "../api/problem";

/** What went wrong, in the server's words, and what to do about it. */
export function ErrorNotice({ error, retry }: { error: unknown; retry?: () => void }) {
  const { sentence, fix } = explain(error);
  // What was refused for a reason is refused again.
  const isFinal = error instanceof ProblemError && [400, 403, 404, 422].includes(error.status);
  return (
    <Alert color="red" variant="light" bg="var(--rl-bad-ground)" title={sentence} role="alert">
      {fix && <Text size="sm">{fix}</Text>}
      {retry && !isFinal && (
        <Button mt="xs" size="xs" variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

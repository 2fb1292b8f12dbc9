import { Alert, Button, Text } from "@mantine/core";
import { explain, ProblemError } from "../api/problem";

/** What went wrong, in the server's words, and what to do about it. */
export function ErrorNotice({ error, retry }: { error: unknown; retry?: () => void }) {
  const { sentence, fix } = explain(error);
  // What was refused for a reason is refused again.
  const isFinal = error instanceof ProblemError && [400, 403, 404, 422].includes(error.status);
  return (
    <Alert color="red" variant="light" bg="var(--rl-bad-ground)" title={<Words of={sentence} />} role="alert">
      {fix && (
        <Text size="sm">
          <Words of={fix} />
        </Text>
      )}
      {retry && !isFinal && (
        <Button mt="xs" size="xs" variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

/** A sentence of the server, which sets what is to be typed or was typed between backticks. */
function Words({ of }: { of: string }) {
  return of.split("`").map((part, place) => (place % 2 ? <code key={place}>{part}</code> : part));
}
